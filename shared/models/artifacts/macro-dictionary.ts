import type { MacroEntry } from '../compile/macro-library.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { isMapping, mappingOf } from '../project/read-yaml.ts';
import type { Dictionary } from './config-dictionary.ts';
import { ownFile } from './inner-path.ts';
import { macroId, macrosIn } from './macro-references.ts';

/** A macro as manifest v12 has it. */
export function macroDictionary(project: LoadedProject, entry: MacroEntry): Dictionary {
  const { name, packageName, file, template, info } = entry;
  const tree = { ...template.tree, body: [info.node] };
  const id = macroId(entry);
  const said = project.graph.macroProperties.get(id);
  const path = ownFile(project.graph, { file, packageName });
  return {
    name,
    resource_type: 'macro',
    package_name: packageName,
    path,
    original_file_path: path,
    unique_id: id,
    macro_sql: sourceOf(entry),
    depends_on: { macros: macrosIn(project, { tree }, packageName).filter((other) => other !== id) },
    description: said?.description ?? '',
    meta: { ...mappingOf(said?.entry['meta']), ...mappingOf(said?.config['meta']) },
    docs: { show: true, node_color: null, ...mappingOf(said?.entry['docs']) },
    patch_path: said ? `${packageName}://${ownFile(project.graph, { file: said.file, packageName })}` : null,
    arguments: argumentsOf(said?.entry['arguments']),
    created_at: Date.now() / 1_000,
    supported_languages: info.tag === 'materialization' ? ['sql'] : null,
  };
}

/** Those that YAML describes. */
const argumentsOf = (written: unknown): Dictionary[] =>
  (Array.isArray(written) ? written : []).filter(isMapping).map(({ name, type, description }) => ({
    name: name ?? '',
    type: type ?? null,
    description: description ?? '',
  }));

/** The macro alone, from its opening tag to its closing one: a file may hold many. */
function sourceOf({ template, info }: MacroEntry): string {
  const { source } = template.tree;
  const start = Math.max(0, source.lastIndexOf('{%', info.node.at));
  const closing = new RegExp(`\\{%[-+]?\\s*end${info.tag}\\b[^%]*%\\}`, 'g');
  closing.lastIndex = info.node.at;
  return closing.test(source) ? source.slice(start, closing.lastIndex) : source.slice(start);
}

import type { MacroEntry } from '../compile/macro-library.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { Dictionary } from './config-dictionary.ts';
import { macroId, macrosIn } from './macro-references.ts';

/** A macro as manifest v12 has it. */
export function macroDictionary(project: LoadedProject, entry: MacroEntry): Dictionary {
  const { name, packageName, file, template, info } = entry;
  const tree = { ...template.tree, body: [info.node] };
  const parameters = info.parameters.map((parameter) => ({ name: parameter, type: null, description: '' }));
  return {
    name,
    resource_type: 'macro',
    package_name: packageName,
    path: file,
    original_file_path: file,
    unique_id: macroId(entry),
    macro_sql: sourceOf(entry),
    depends_on: { macros: macrosIn(project, { tree }, packageName).filter((id) => id !== macroId(entry)) },
    description: '',
    meta: {},
    docs: { show: true, node_color: null },
    patch_path: null,
    arguments: packageName === project.graph.settings.name ? parameters : [],
    created_at: Date.now() / 1_000,
    supported_languages: info.tag === 'materialization' ? ['sql'] : null,
  };
}

/** The macro alone, from its opening tag to its closing one: a file may hold many. */
function sourceOf({ template, info }: MacroEntry): string {
  const { source } = template.tree;
  const start = Math.max(0, source.lastIndexOf('{%', info.node.at));
  const closing = new RegExp(`\\{%[-+]?\\s*end${info.tag}\\b[^%]*%\\}`, 'g');
  closing.lastIndex = info.node.at;
  return closing.test(source) ? source.slice(start, closing.lastIndex) : source.slice(start);
}

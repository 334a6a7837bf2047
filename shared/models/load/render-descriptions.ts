import { TemplateError } from '#shared/template/failures/template-error.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { DocNode } from '../project/other-resources.ts';
import type { ProjectOptions } from '../project/project.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { renderYamlWith } from '../project/read-project-yaml.ts';
import { isMapping, textOr, type YamlDocument } from '../project/read-yaml.ts';
import { namesInYaml } from './yaml-names.ts';

/** The original's own block for the page a project's documentation begins with; no description may name it. */
const OVERVIEW = '__overview__';

/** What rendering the descriptions of one package asks for. */
export interface DescriptionScope {
  readonly options: Pick<ProjectOptions, 'env' | 'target' | 'vars'>;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Of all packages. */
  readonly docs: readonly DocNode[];
  readonly root: string;
  readonly packageName: string;
}

/**
 * Opens the rendering of `description` in a package's YAML files: `doc()` gives a block of Markdown. Each entry whose description
 * names blocks gets their unique ids as `doc_blocks`.
 */
export function descriptionsOf(
  scope: DescriptionScope,
): (document: YamlDocument, problems: ProblemList) => YamlDocument {
  let used: string[] = [];
  const doc = hostFunction('doc', ({ args }) => {
    const names = args.map((value) => expectText(value, 'an argument of doc()'));
    const found = findDoc(names, scope);
    if (found === undefined)
      return raiseFromTemplate(
        `doc(${names.map((name) => `'${name}'`).join(', ')}): there is no such block of docs`,
      );
    used.push(found.uniqueId);
    return found.contents;
  });
  const names = namesInYaml(scope.options, scope.vars);
  const renderer = renderYamlWith({ get: (name) => (name === 'doc' ? doc : names.get(name)) });
  return (document, problems) => {
    const made = new Map<object, object>();
    const walk = (value: unknown): unknown => {
      if (Array.isArray(value)) return keep(value, value.map(walk));
      if (!isMapping(value)) return value;
      const entries = Object.entries(value).map(([key, item]) => [key, SKIPPED.has(key) ? item : walk(item)]);
      return keep(value, { ...Object.fromEntries(entries), ...describe(value) });
    };
    const keep = (original: object, copy: object): object => {
      made.set(copy, original);
      return copy;
    };
    const describe = (entry: object): object => {
      const written = 'description' in entry ? entry.description : undefined;
      if (typeof written !== 'string' || !/\{[{%]/.test(written)) return {};
      used = [];
      try {
        const description = textOr(renderer.render(written, document.file), '');
        return used.length === 0 ? { description } : { description, doc_blocks: used };
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        problems.add(document.file, document.lineOf(entry), error.problem);
        return {};
      }
    };
    const value = walk(document.value);
    if (!isMapping(value)) return document;
    const original = (node: unknown): unknown =>
      typeof node === 'object' && node !== null ? (made.get(node) ?? node) : node;
    return { file: document.file, value, lineOf: (node) => document.lineOf(original(node)) };
  };
}

/** Rows and values in which a key of that name is data. */
const SKIPPED = new Set(['given', 'expect', 'overrides', 'meta', 'vars', 'arguments']);

/** A named package alone; else the root, the caller's own, any (`contracts/graph/manifest.py`, `resolve_doc`). */
function findDoc(
  args: readonly string[],
  { docs, root, packageName }: DescriptionScope,
): DocNode | undefined {
  const name = args.at(-1);
  const all = docs.filter((doc) => doc.name === name && doc.name !== OVERVIEW);
  const of = (wanted: string | undefined) => all.find((doc) => doc.packageName === wanted);
  return args.length > 1 ? of(args[0]) : (of(root) ?? of(packageName) ?? all[0]);
}

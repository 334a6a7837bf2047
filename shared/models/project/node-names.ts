/** One thing that `ref` can name. */
export interface NamedNode {
  readonly key: string;
  readonly name: string;
  readonly packageName: string;
  readonly version: string | undefined;
  /** The version that `ref` without one means; true for a node without versions. */
  readonly isLatest: boolean;
}

/** All names, as data that can be kept. */
export interface NodeNamesData {
  readonly root: string;
  readonly nodes: readonly NamedNode[];
  readonly disabled: readonly string[];
  readonly sources: readonly { readonly name: string; readonly key: string; readonly packageName: string }[];
}

/** What a lookup gave: the node's key, or why there is none. */
export type FoundName = { readonly key: string } | { readonly problem: string };

/**
 * Finds nodes and sources by what templates call them.
 *
 * Order as in the original (`dbt.contracts.graph.manifest`, `_packages_to_search`): a package that is named, and only that one; else
 * the root project, then the caller's own package, then any.
 */
export class NodeNames {
  readonly #root: string;
  readonly #nodes = new Map<string, NamedNode[]>();
  readonly #disabled = new Set<string>();
  readonly #sources = new Map<string, { key: string; packageName: string }[]>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The names that {@link data} gave. */
  static from({ root, nodes, disabled, sources }: NodeNamesData): NodeNames {
    const names = new NodeNames(root);
    for (const node of nodes) names.add(node);
    for (const name of disabled) names.disable(name);
    for (const { name, key, packageName } of sources) names.addSource(name, key, packageName);
    return names;
  }

  data(): NodeNamesData {
    const sources = [...this.#sources].flatMap(([name, all]) => all.map((one) => ({ name, ...one })));
    return {
      root: this.#root,
      nodes: [...this.#nodes.values()].flat(),
      disabled: [...this.#disabled],
      sources,
    };
  }

  add({ key, name, packageName, version, isLatest }: NamedNode): void {
    const node: NamedNode = { key, name, packageName, version, isLatest };
    const others = this.#nodes.get(node.name);
    if (others) others.push(node);
    else this.#nodes.set(node.name, [node]);
  }

  /** Notes a node that is there but disabled, for a better message. */
  disable(name: string): void {
    this.#disabled.add(name);
  }

  isDisabled(name: string): boolean {
    return this.#disabled.has(name);
  }

  /** @param name `source.table`. */
  addSource(name: string, key: string, packageName: string): void {
    const others = this.#sources.get(name);
    if (others) others.push({ key, packageName });
    else this.#sources.set(name, [{ key, packageName }]);
  }

  /** @param args `[model]` or `[package, model]`. */
  ref(args: readonly string[], version: string | undefined, from: string): FoundName {
    const name = args.at(-1) ?? '';
    const named = args.length > 1 ? args[0] : undefined;
    const all = this.#nodes.get(name) ?? [];
    const fitting = all.filter((node) => (version === undefined ? node.isLatest : node.version === version));
    const found = this.#pick(fitting, named, from);
    if (found) return { key: found.key };
    return { problem: `${describeRef(args, version)}: ${this.#whyNot(name, named, all)}` };
  }

  /** @param name `source.table`. */
  source(name: string, from: string): FoundName {
    const found = this.#pick(this.#sources.get(name) ?? [], undefined, from);
    if (found) return { key: found.key };
    return { problem: `source('${name.replace('.', "', '")}'): there is no such source table` };
  }

  #pick<T extends { readonly packageName: string }>(
    candidates: readonly T[],
    named: string | undefined,
    from: string,
  ): T | undefined {
    if (named !== undefined) return candidates.find(({ packageName }) => packageName === named);
    const of = (name: string) => candidates.find(({ packageName }) => packageName === name);
    return of(this.#root) ?? of(from) ?? candidates[0];
  }

  #whyNot(name: string, named: string | undefined, all: readonly NamedNode[]): string {
    if (all.length > 0 && named === undefined) {
      return `there is no such version; there is ${all.map(({ version }) => version ?? 'none').join(', ')}`;
    }
    if (named !== undefined && all.length > 0) {
      return `package "${named}" has no such model, seed or snapshot; ${all[0]?.packageName ?? ''} has`;
    }
    if (this.#disabled.has(name)) return 'it is disabled';
    return 'there is no such model or seed';
  }
}

function describeRef(args: readonly string[], version: string | undefined): string {
  const given = args.map((arg) => `'${arg}'`).join(', ');
  return version === undefined ? `ref(${given})` : `ref(${given}, v=${version})`;
}

import { PenstockError } from '#shared/errors/penstock-error.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import { sourceDictionary } from '../artifacts/source-dictionary.ts';
import { type CompileOptions, openOperation, publishedResolution } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { NodeScope, RunScope } from '../compile/render-scope.ts';
import { MomentValue } from '../context/moment-value.ts';
import { ResultTable } from '../context/result-table.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { SourceNode } from '../project/project.ts';

/** When rows last came into a source table, by the warehouse's clock. */
export interface SourceAge {
  /** ISO instant; null when nothing was ever loaded. */
  readonly maxLoadedAt: string | null;
  /** ISO instant of the measuring. */
  readonly snapshottedAt: string;
  /** Infinite when nothing was ever loaded. */
  readonly ageSeconds: number;
  /** What the server said of the query; null where a project's own macro ran none by the usual name. */
  readonly response: StatementResult | null;
}

export interface MeasureSource extends Pick<CompileOptions, 'onLog'> {
  readonly project: LoadedProject;
  readonly source: SourceNode;
  readonly connection: AdapterConnection;
  readonly run: RunScope;
  readonly resolveSource?: CompileOptions['resolveSource'];
}

/**
 * Asks how old a source table is: by its query, else by its field (`task/freshness.py`). Both go through macros of the original's names,
 * so that a project's own are honoured.
 *
 * @throws TemplateError; PenstockError of the server, `MODEL_FRESHNESS_UNKNOWN` when nothing says when rows came, or what does is no instant.
 */
export async function measureSource(request: MeasureSource): Promise<SourceAge> {
  const { project, source } = request;
  const asked = new Asked(request);
  const relation = asked.relation();
  const { loadedAtQuery, loadedAtField, freshness } = source;
  if (loadedAtQuery !== undefined) {
    const query = await asked.render(loadedAtQuery, relation);
    return asked.run('collect_freshness_custom_sql', { source: relation, loaded_at_query: query });
  }
  if (loadedAtField === undefined) {
    const cause = `it has neither loaded_at_field nor loaded_at_query, and ${project.scope.target.type} does not know when a table was written`;
    throw unknown(source, cause);
  }
  const filter = freshness?.filter ?? null;
  return asked.run('collect_freshness', { source: relation, loaded_at_field: loadedAtField, filter });
}

/** One measuring: its names, and what its statements said. */
class Asked {
  readonly #request: MeasureSource;
  readonly #node: NodeScope;
  #response: StatementResult | null = null;

  constructor(request: MeasureSource) {
    this.#request = request;
    this.#node = nodeScope(request.project, request.source);
  }

  relation(): Value {
    const { source, table } = partsOf(this.#request.source);
    const nowhere = { file: this.#node.file, line: 1, column: 1, lineText: '' };
    return this.#open().scope.resolveSource([source, table], nowhere);
  }

  /** `{{ this }}` in a query is the source table. */
  async render(query: string, relation: Value): Promise<string> {
    return (await this.#open(new Map([['this', relation]])).render(query)).trim();
  }

  async run(macro: string, args: Readonly<Record<string, Value>>): Promise<SourceAge> {
    const { source, project } = this.#request;
    const { library } = project.scope;
    const entry = library.find(macro, source.packageName);
    const kwargs = new Map(Object.entries(args));
    const answer = await library.callEntry(entry, macro, [], kwargs, namesOf(this.#open().scope));
    return { ...ageOf(source, tableOf(answer)), response: this.#response };
  }

  #open(extra?: ReadonlyMap<string, Value>): ReturnType<typeof openOperation> {
    const { project, connection, run, onLog, resolveSource } = this.#request;
    return openOperation(project, this.#node, {
      ...publishedResolution,
      ...(resolveSource === undefined ? {} : { resolveSource }),
      ...(onLog === undefined ? {} : { onLog }),
      ...(extra === undefined ? {} : { extra }),
      run,
      connection,
      onResult: (_, result) => {
        this.#response = result;
      },
    });
  }
}

function nodeScope(project: LoadedProject, source: SourceNode): NodeScope {
  const { properties, packageName, uniqueId, fqn, rawConfig, relation } = source;
  return {
    name: properties.name,
    packageName,
    uniqueId,
    version: undefined,
    file: properties.file,
    originalFile: properties.file,
    fqn,
    resourceType: 'source',
    config: rawConfig,
    relation,
    facts: () => sourceDictionary(project.graph, source),
  };
}

const partsOf = ({ properties }: SourceNode) => ({ source: properties.source, table: properties.name });

/** The macro gives what `load_result` gives, or a table, as older projects' own do. */
function tableOf(answer: Value): ResultTable | undefined {
  const table = answer instanceof DictValue ? answer.get('table') : answer;
  return table instanceof ResultTable ? table : undefined;
}

/** @param table one row: the latest loading, and now. */
function ageOf(source: SourceNode, table: ResultTable | undefined): Omit<SourceAge, 'response'> {
  const row = table?.rows[0]?.values;
  if (row === undefined) throw unknown(source, 'its macro answers no row of two instants');
  const [loaded = null, now = null] = row;
  const snapshotted = instantOf(source, now);
  const snapshottedAt = isoOf(snapshotted);
  if (loaded === null) return { maxLoadedAt: null, snapshottedAt, ageSeconds: Number.POSITIVE_INFINITY };
  const latest = instantOf(source, loaded);
  return { maxLoadedAt: isoOf(latest), snapshottedAt, ageSeconds: Number(snapshotted - latest) / 1e6 };
}

/** Microseconds since 1970; a timestamp without zone counts as UTC. */
function instantOf(source: SourceNode, value: Value): bigint {
  const isInstant = value instanceof MomentValue && /^timestamp/.test(value.kind);
  if (!isInstant) {
    const field = source.loadedAtField ?? 'its query';
    throw unknown(source, `${field} gives no timestamp: cast it, e.g. (${field})::timestamptz`);
  }
  return value.us - BigInt(value.offsetMinutes) * 60_000_000n;
}

function isoOf(us: bigint): string {
  const ms = us / 1_000n - (us % 1_000n < 0n ? 1n : 0n);
  const micros = String(((us % 1_000n) + 1_000n) % 1_000n).padStart(3, '0');
  return new Date(Number(ms)).toISOString().replace('Z', `${micros}Z`);
}

const unknown = (source: SourceNode, cause: string): PenstockError =>
  new PenstockError(modelErrors.freshnessUnknown, { source: source.name, cause });

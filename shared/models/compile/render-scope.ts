import type { RelationName } from '#shared/contracts/names.ts';
import type { Environment } from '#shared/template/create-environment.ts';
import type { Place } from '#shared/template/failures/place.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import type { RawConfig } from '../project/config-tree.ts';
import type { Target } from '../project/project.ts';
import type { MacroLibrary } from './macro-library.ts';

/** What stays the same for all renders of a run. */
export interface RunScope {
  /** `YYYY-MM-DD`, what `var('as_of')` answers. */
  readonly asOf: string;
  readonly runId: string;
  /** ISO instant. */
  readonly runStartedAt: string;
  readonly invocationId: string;
  /** What `flags` answers beside the defaults: `FULL_REFRESH`, `WHICH`, … */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Unique ids of what the invocation runs. */
  readonly selected?: readonly string[];
}

/**
 * What a template says: `debug` is `log()` without `info=true`, which people see only when they ask; `print` is shown even when quiet.
 */
export type OnLog = (message: string, kind: 'info' | 'debug' | 'print' | 'warn') => void;

/** The batch a bronze model is merged from; what `load_metadata()` prints. */
export interface LoadScope {
  /** SQL of the instant of the merge. */
  readonly loadedAtSql: string;
  /** What `_source_table` says. */
  readonly sourceTable: string;
  /** Name by ledger id of each file of the batch. */
  readonly fileNames: ReadonlyMap<string, string>;
}

/** A project's part of every render. */
export interface ProjectScope {
  /** Parses templates that come to light while others are rendered. */
  readonly environment: Environment;
  readonly library: MacroLibrary;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly target: Target;
  /** `flags` of dbt_project.yml: which of the original's changes of behaviour hold. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Of every package, the root's too, by name. */
  readonly versions?: ReadonlyMap<string, string>;
  /** Of the root. */
  readonly projectName: string;
  /** Whose variables these are, and whose macros come first. */
  readonly packageName: string;
}

/** Who is rendered. */
export interface NodeScope {
  readonly name: string;
  readonly packageName: string;
  readonly uniqueId: string;
  readonly version: string | undefined;
  /** Keys of what it was seen to read while parsing; undefined where any node may be read. */
  readonly reads?: readonly string[];
  /** For messages. */
  readonly file: string;
  /** Relative to its package. */
  readonly originalFile: string;
  readonly fqn: readonly string[];
  readonly resourceType:
    | 'model'
    | 'seed'
    | 'snapshot'
    | 'test'
    | 'source'
    | 'operation'
    | 'analysis'
    | 'unit_test';
  readonly config: RawConfig;
  readonly relation: RelationName;
  /** Where it is another than the target's. */
  readonly database?: string | undefined;
  /** More of what `model` answers: description, columns, depends_on, … */
  readonly facts?: Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>);
}

/** One render of one node: what its calls answer, and what it was seen to ask for. */
export interface RenderScope {
  readonly project: ProjectScope;
  readonly run: RunScope;
  readonly node: NodeScope;
  readonly load: LoadScope | undefined;
  /** False while parsing, as in the original. */
  readonly execute: boolean;
  readonly incremental: boolean;
  /** The warehouse, where one is at hand; without it introspection answers as while parsing. */
  readonly connection?: AdapterConnection;
  /** The whole project as the manifest has it, made when a template asks. */
  readonly graph?: () => Value;
  /** Names of the occasion, over all others: what a materialisation is given, the input of a unit test. */
  readonly extra?: ReadonlyMap<string, Value>;
  resolveRef(args: readonly string[], version: string | undefined, place: Place): Wait<Value>;
  resolveSource(args: readonly [string, string], place: Place): Value;
  /** Receives `config(…)` while parsing; undefined ignores it. */
  readonly onConfig: ((config: RawConfig) => void) | undefined;
  /** Called when the template asks for `var('as_of')`. */
  readonly onAsOf: () => void;
  readonly onLog: OnLog;
  /** Told the result of each named statement, and what was sent; nothing was when a template only says a result. */
  readonly onResult?: (name: string, result: StatementResult, sent?: string) => void;
}

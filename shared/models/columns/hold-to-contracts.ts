import { LANDING } from '#shared/contracts/names.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import {
  type CompileOptions,
  compileSql,
  compileTestRows,
  publishedResolution,
} from '../compile/compile-model.ts';
import { cteName } from '../compile/with-ctes.ts';
import { inOrder } from '../dag/graph.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { ModelNode, TestNode } from '../project/project.ts';
import { ProblemList, type ProjectProblem } from '../project/project-problem.ts';
import { contractRelation } from './contract-relation.ts';
import { type KnownRelation, openRelation, relationOfNames } from './known-relation.ts';
import { lineOfByte, lineOfName, macroPlaceOfName } from './place-of-name.ts';
import { readQuery } from './read-query.ts';
import type { Unknown } from './reading.ts';
import { refusingConnection } from './refusing-connection.ts';
import { openSqlParser, type ParseSql, type SqlNode } from './sql-tree.ts';

/** Contracts by stream, as a pipeline declares them. */
export type Streams = Readonly<Record<string, { readonly contract: Contract }>>;

/** What was found of a project's columns. */
export interface Holding {
  /** Columns and keys that nothing lets a model or test read. */
  readonly problems: readonly ProjectProblem[];
  /** Models of which nothing is known before they run, and why. */
  readonly unread: readonly ProjectProblem[];
}

/**
 * Holds a pipeline's models and tests to the contracts of its streams, without a warehouse: each is compiled, and every column it names is
 * looked for in what it reads, from the landed rows upwards; so is every key of a JSON column whose contract names its keys.
 */
export async function holdToContracts(project: LoadedProject, streams: Streams): Promise<Holding> {
  const holding = new HoldingProject(project, streams, await openSqlParser());
  const { models, tests } = project.graph;
  const reads = new Map([...models].map(([key, { refs }]) => [key, refs]));
  for (const key of inOrder(reads)) {
    const model = models.get(key);
    if (model !== undefined) await holding.holdModel(model);
  }
  for (const test of tests) await holding.holdTest(test);
  return { problems: holding.problems.all(), unread: holding.unread };
}

class HoldingProject {
  readonly problems = new ProblemList();
  readonly unread: ProjectProblem[] = [];
  readonly #project: LoadedProject;
  readonly #parse: ParseSql;
  readonly #known = new Map<string, KnownRelation>();
  readonly #options: CompileOptions;
  readonly #told = new Set<string>();
  #hasAsked = false;

  constructor(project: LoadedProject, streams: Streams, parse: ParseSql) {
    this.#project = project;
    this.#parse = parse;
    const now = new Date().toISOString();
    this.#options = {
      ...publishedResolution,
      run: { asOf: now.slice(0, 10), runId: 'check', runStartedAt: now, invocationId: 'check' },
      connection: refusingConnection(() => {
        this.#hasAsked = true;
      }),
    };
    for (const { name, relation } of project.graph.sources.values()) {
      const [source, table = ''] = name.split('.');
      const stream = source === LANDING ? streams[table] : undefined;
      if (stream !== undefined)
        this.#know(relation.schema, relation.name, contractRelation(table, stream.contract));
    }
  }

  /** Reads a model's columns; those that read it come later. */
  async holdModel(model: ModelNode): Promise<void> {
    const { schema, name } = model.relation;
    const whole = model.seed === undefined ? await this.#read(model, false) : seedRelation(model);
    this.#know(schema, name, whole ?? openRelation(labelOf(model)));
    if (model.config.materialized === 'ephemeral')
      this.#know(undefined, cteName(model.name), whole ?? openRelation(''));
    // Its second form may read the model itself.
    if (model.config.materialized === 'incremental' && whole !== undefined) await this.#read(model, true);
  }

  /** A test that cannot be compiled without a warehouse is left to it. */
  async holdTest(test: TestNode): Promise<void> {
    const parsed = await this.#parsed(() => compileTestRows(this.#project, test, this.#options));
    if ('error' in parsed) return;
    const { unknown } = readQuery(parsed.statements, test.label, this.#relationOf);
    for (const { name, cause } of unknown) {
      const line = test.sql === undefined ? test.line : lineOfName(test.sql, name);
      this.#add(test.file, line ?? test.line, `test ${test.label} ${cause}`);
    }
  }

  async #read(model: ModelNode, incremental: boolean): Promise<KnownRelation | undefined> {
    const options = { ...this.#options, incremental };
    const parsed = await this.#parsed(() => compileSql(this.#project, model.key, options));
    if ('error' in parsed) {
      const cause = `its columns are held to no contract: ${parsed.error}`;
      this.unread.push({ file: model.file, line: 1, cause });
      return undefined;
    }
    const { relation, unknown } = readQuery(parsed.statements, labelOf(model), this.#relationOf);
    for (const one of unknown) this.#addUnknown(model, parsed.sql, one);
    return relation;
  }

  async #parsed(compile: () => Wait<string>): Promise<Parsed | { error: string }> {
    this.#hasAsked = false;
    try {
      const sql = await compile();
      const parsed = this.#parse(sql);
      return 'error' in parsed ? { error: `PostgreSQL says ${parsed.error}` } : { sql, ...parsed };
    } catch (error) {
      if (this.#hasAsked) return { error: 'it asks the warehouse while it is compiled' };
      return { error: `it does not compile, ${describeError(error).message}` };
    }
  }

  #addUnknown({ file, sql: template }: ModelNode, sql: string, { name, cause, at }: Unknown): void {
    const line = lineOfName(template, name);
    if (line !== undefined) this.#add(file, line, cause);
    else this.#add(file, 1, `${cause} (${this.#placeBeyond(name, lineOfByte(sql, at))})`);
  }

  /** Where what a template does not write itself comes from. */
  #placeBeyond(name: string, line: number): string {
    const macro = macroPlaceOfName(this.#project, name);
    return macro === undefined ? `line ${line} of its compiled SQL` : `${macro} writes it`;
  }

  /** What a query reads several times, or in both forms of an incremental model, is told once. */
  #add(file: string, line: number, cause: string): void {
    const what = `${file} ${cause}`;
    if (!this.#told.has(what)) this.problems.add(file, line, cause);
    this.#told.add(what);
  }

  #know(schema: string | undefined, name: string, relation: KnownRelation): void {
    this.#known.set(JSON.stringify([schema ?? null, name]), relation);
  }

  readonly #relationOf = (schema: string | undefined, name: string): KnownRelation | undefined =>
    this.#known.get(JSON.stringify([schema ?? null, name]));
}

interface Parsed {
  readonly sql: string;
  readonly statements: readonly SqlNode[];
}

const labelOf = ({ kind, name }: ModelNode): string => `${kind} ${name}`;

function seedRelation(model: ModelNode): KnownRelation {
  return relationOfNames(
    labelOf(model),
    (model.seed?.columns ?? []).map(({ name }) => name),
  );
}

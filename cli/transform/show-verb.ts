import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { ResultValue, StatementResult } from '#shared/models/adapter/adapter.ts';
import { resolutionOf } from '#shared/models/invoke/deferral.ts';
import { selectWork } from '#shared/models/invoke/select-work.ts';
import { type ShowQuery, showQuery } from '#shared/models/invoke/show-query.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import { table } from '../table.ts';
import { transformErrors } from './errors.ts';
import { withTransform } from './open-transform.ts';
import type { ShowFlags } from './query-verbs.ts';
import { progressReporter } from './report-progress.ts';
import { runFlagsOf, selectionOf } from './transform-run.ts';

/** Prints rows: they are what was asked for, and go nowhere else. */
export async function showVerb(context: CliContext, flags: ShowFlags): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling the query');
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const query = await queryOf(project, flags, context.cwd);
    const onEvent = progressReporter(context, flags, run.invocationId);
    const deferral = { project, adapter: adapter(), flags: runFlagsOf(flags, context.cwd), signal };
    const { result } = await showQuery({
      ...{ project, adapter: adapter(), run, onEvent, signal, query },
      resolution: await resolutionOf(deferral, new Set()),
      fullRefresh: flags.fullRefresh === true,
      limit: flags.limit === -1 ? undefined : flags.limit,
    });
    const asked = { ...flags, json: flags.json === true || flags.output === 'json' };
    const shown = { ...('key' in query ? { node: query.key } : {}), show: rowsOf(result) };
    printResult(context, asked, shown, () => textOf(result));
  });
}

async function queryOf(project: LoadedProject, flags: ShowFlags, cwd: string): Promise<ShowQuery> {
  const { inline, inlineDirect } = flags;
  if (inlineDirect !== undefined) return { direct: inlineDirect };
  return inline === undefined ? await oneNode(project, flags, cwd) : { inline };
}

/** The one model, seed or snapshot that is selected. */
async function oneNode(project: LoadedProject, flags: ShowFlags, cwd: string): Promise<{ key: string }> {
  const ids = await selectWork(project, selectionOf(flags, cwd), ['model', 'seed', 'snapshot']);
  const keys = [...project.graph.models.values()].filter(({ uniqueId }) => ids.has(uniqueId));
  const [only] = keys;
  if (only === undefined || keys.length > 1)
    throw new PenstockError(transformErrors.notOneNode, { found: keys.length });
  return { key: only.key };
}

/** Numbers stay exact: they are written as the server gave them. */
const rowsOf = ({ columns, rows }: StatementResult): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, jsonOf(row[index] ?? null)])));

function jsonOf(value: ResultValue): unknown {
  if (typeof value === 'bigint') return exactNumber(value.toString());
  if (typeof value !== 'object' || value === null) return value;
  if (value.kind === 'decimal') return exactNumber(value.text);
  return value.kind.startsWith('timestamp') ? value.text.replace(' ', 'T') : value.text;
}

/** Not among the types of the compiler yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** JSON has no number for NaN and the infinities. */
const exactNumber = (text: string): unknown => (/^-?\d+(\.\d+)?$/.test(text) ? rawJSON(text) : text);

function textOf({ columns, rows }: StatementResult): string {
  const titles = columns.map(({ name }) => ({ title: name }));
  return table(
    titles,
    rows.map((row) => row.map(shownText)),
  );
}

const shownText = (value: ResultValue): string =>
  typeof value === 'object' && value !== null ? value.text : String(value ?? '');

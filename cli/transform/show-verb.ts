import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { ResultValue, StatementResult } from '#shared/models/adapter/adapter.ts';
import { selectWork } from '#shared/models/invoke/select-work.ts';
import { showQuery } from '#shared/models/invoke/show-query.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import { table } from '../table.ts';
import { transformErrors } from './errors.ts';
import { withTransform } from './open-transform.ts';
import type { ShowFlags } from './query-verbs.ts';
import { progressReporter } from './report-progress.ts';
import { selectionOf } from './transform-run.ts';

/** Prints rows: they are what was asked for, and go nowhere else. */
export async function showVerb(context: CliContext, flags: ShowFlags): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling the query');
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const query =
      flags.inline === undefined ? await oneNode(project, flags, context.cwd) : { inline: flags.inline };
    const onEvent = progressReporter(context, flags, run.invocationId);
    const limit = flags.limit === -1 ? undefined : flags.limit;
    const { result } = await showQuery({ project, adapter: adapter(), run, onEvent, signal, query, limit });
    const asked = { ...flags, json: flags.json === true || flags.output === 'json' };
    const node = 'key' in query ? query.key : 'inline_query';
    printResult(context, asked, { node, show: rowsOf(result) }, () => textOf(result));
  });
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

const rowsOf = ({ columns, rows }: StatementResult): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, plain(row[index] ?? null)])));

function textOf({ columns, rows }: StatementResult): string {
  const titles = columns.map(({ name }) => ({ title: name }));
  return table(
    titles,
    rows.map((row) => row.map((value) => String(plain(value) ?? ''))),
  );
}

const plain = (value: ResultValue): unknown =>
  typeof value === 'object' && value !== null ? value.text : value;

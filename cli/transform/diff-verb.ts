import { diffModel, type ModelDiff } from '#shared/models/invoke/diff-model.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import { grouped, section } from '../table.ts';
import { withTransform } from './open-transform.ts';
import type { DiffFlags } from './query-verbs.ts';
import { progressReporter } from './report-progress.ts';

/** Prints how a model built now would differ from what stands; that it differs is a failure only with `--exit-code`. */
export async function diffVerb(context: CliContext, model: string, flags: DiffFlags): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling the comparison');
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const onEvent = progressReporter(context, flags, run.invocationId);
    const diff = await diffModel({ project, adapter: adapter(), run, onEvent, signal, key: model });
    const same = isSame(diff);
    const asked = { ...flags, json: flags.json === true || flags.output === 'json' };
    printResult(context, asked, { ...diff, same }, () => textOf(diff));
    if (flags.exitCode === true && !same) context.setExitCode(EXIT.failed);
  });
}

function textOf(diff: ModelDiff): string {
  const { relation, isPublished, rows } = diff;
  if (!isPublished)
    return `${relation} does not stand yet; the candidate has ${grouped(rows.candidate)} rows\n`;
  return [summaryOf(diff), columnsOf(diff), keysOf(diff)].join('');
}

/** Also false when nothing stands yet. */
const isSame = ({ isPublished, onlyPublished, onlyCandidate, columns }: ModelDiff): boolean =>
  isPublished && onlyPublished === 0n && onlyCandidate === 0n && columns.length === 0;

function summaryOf(diff: ModelDiff): string {
  const { relation, rows, onlyPublished, onlyCandidate } = diff;
  const head = `${relation}: ${isSame(diff) ? 'the same' : 'different'}\n`;
  const counts = section(
    'rows',
    ['side', 'rows', 'only there'],
    [
      ['published', grouped(rows.published), grouped(onlyPublished)],
      ['candidate', grouped(rows.candidate), grouped(onlyCandidate)],
    ],
  );
  return `${head}${counts}`;
}

const columnsOf = ({ columns }: ModelDiff): string =>
  section(
    'columns',
    ['column', 'change', 'published', 'candidate'],
    columns.map(({ column, change, published, candidate }) => [
      column,
      change,
      published ?? '–',
      candidate ?? '–',
    ]),
  );

function keysOf({ keys }: ModelDiff): string {
  if (keys === undefined) return '';
  const { added, removed, changed, byColumn, repeated } = keys;
  if (repeated.published > 0n || repeated.candidate > 0n)
    return `\nThe unique key is not unique: ${grouped(repeated.published)} keys published, ${grouped(repeated.candidate)} in the candidate come more than once\n`;
  const counts = section(
    'by unique key',
    ['added', 'removed', 'changed'],
    [[added, removed, changed].map(grouped)],
  );
  const rows = Object.entries(byColumn).map(([column, times]) => [column, grouped(times)]);
  return `${counts}${section('values changed', ['column', 'keys'], rows)}`;
}

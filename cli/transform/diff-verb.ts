import { diffModel, type ModelDiff } from '#shared/models/invoke/diff-model.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import { grouped, section } from '../table.ts';
import { withTransform } from './open-transform.ts';
import { progressReporter } from './report-progress.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Prints how a model built now would differ from what stands; that it differs is no failure. */
export async function diffVerb(context: CliContext, model: string, flags: ProjectFlags): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling the comparison');
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const onEvent = progressReporter(context, flags, run.invocationId);
    const diff = await diffModel({ project, adapter: adapter(), run, onEvent, signal, key: model });
    printResult(context, flags, diff, () => textOf(diff));
  });
}

function textOf(diff: ModelDiff): string {
  const { relation, isPublished, rows } = diff;
  if (!isPublished)
    return `${relation} does not stand yet; the candidate has ${grouped(rows.candidate)} rows\n`;
  return [summaryOf(diff), columnsOf(diff), changedOf(diff)].join('');
}

function summaryOf({ relation, rows, onlyPublished, onlyCandidate, columns }: ModelDiff): string {
  const same = onlyPublished === 0n && onlyCandidate === 0n && columns.length === 0;
  const head = `${relation}: ${same ? 'the same' : 'different'}\n`;
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

function changedOf({ changed }: ModelDiff): string {
  if (changed === undefined || changed.keys === 0n) return '';
  const rows = Object.entries(changed.byColumn).map(([column, times]) => [column, grouped(times)]);
  return `\n${grouped(changed.keys)} keys on both sides differ\n${section('values changed', ['column', 'keys'], rows)}`;
}

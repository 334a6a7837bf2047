import type { InvocationEvent } from '#shared/models/invoke/invocation-event.ts';
import type { NodeResult, NodeStatus, ResultCounts } from '#shared/models/invoke/node-result.ts';

const SHOWN: Readonly<Record<NodeStatus, string>> = {
  success: 'OK',
  pass: 'PASS',
  warn: 'WARN',
  error: 'ERROR',
  'runtime error': 'ERROR',
  fail: 'FAIL',
  skipped: 'SKIP',
  'no-op': 'NO-OP',
  'partial success': 'PARTIAL',
};

const COLOURS: Readonly<Record<string, number>> = {
  OK: 32,
  PASS: 32,
  WARN: 33,
  SKIP: 33,
  PARTIAL: 33,
  ERROR: 31,
  FAIL: 31,
};

/** `3 of 40 OK table gold.x [SELECT 1200 in 0.21s]` */
export function finishedLine(result: NodeResult, index: number, total: number, color: boolean): string {
  const { status, failures, label, noun, message, executionMs, kind } = result;
  const word = SHOWN[status];
  const count = (status === 'fail' || status === 'warn') && failures !== null ? ` ${failures}` : '';
  const isBuilt = status === 'success' || status === 'partial success';
  const isTold = (isBuilt && kind !== 'operation') || (kind === 'source' && status !== 'runtime error');
  const said = isTold ? (message?.split('\n')[0] ?? null) : null;
  const time = `${(executionMs / 1_000).toFixed(2)}s`;
  const took = said === null || said === '' ? time : `${said} in ${time}`;
  const tail = status === 'skipped' ? '' : ` [${took}]`;
  return `${index} of ${total} ${painted(word, `${word}${count}`, color)} ${noun} ${label}${tail}`;
}

/** `3 of 40 START table gold.x` */
export const startedLine = ({
  node,
  index,
  total,
}: Extract<InvocationEvent, { type: 'node-started' }>): string =>
  `${index} of ${total} START ${node.noun} ${node.label}`;

/** `Batch 1 of 4 OK incremental gold.x 2024-01-05 [SELECT 12 in 0.21s]` */
export function batchLine(
  { node, batch }: Extract<InvocationEvent, { type: 'batch-finished' }>,
  color: boolean,
): string {
  const { name, place, total, status, message, executionMs } = batch;
  const word = SHOWN[status];
  const took = `${message} in ${(executionMs / 1_000).toFixed(2)}s`;
  const head = `Batch ${place} of ${total} ${painted(word, word, color)} ${node.noun} ${node.label} ${name}`;
  return status === 'skipped' ? head : `${head} [${took}]`;
}

const painted = (word: string, text: string, color: boolean): string =>
  color ? `\u001b[${COLOURS[word] ?? 39}m${text}\u001b[39m` : text;

const KINDS: Readonly<Record<string, string>> = {
  model: 'model',
  seed: 'seed',
  snapshot: 'snapshot',
  test: 'data test',
  unit_test: 'unit test',
  exposure: 'exposure',
  operation: 'hook',
  analysis: 'analysis',
  source: 'source',
};

/** `Running 10 models, 2 seeds, 4 data tests with 4 threads` */
export function plannedLine({
  kinds,
  total,
  threads,
}: Extract<InvocationEvent, { type: 'planned' }>): string {
  if (total === 0) return 'Nothing to do: the selection matches nothing that this command runs';
  const parts = Object.entries(kinds).map(([kind, count]) => plural(count ?? 0, KINDS[kind] ?? kind));
  return `Running ${parts.join(', ')} with ${plural(threads, 'thread')}`;
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('sis') ? `${noun.slice(0, -2)}es` : `${noun}s`}`;
}

/** `Done. PASS=12 WARN=0 ERROR=1 SKIP=2 NO-OP=0 TOTAL=15` */
export function doneLine({ pass, warn, error, skip, noOp, total }: ResultCounts): string {
  return `Done. PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} NO-OP=${noOp} TOTAL=${total}`;
}

/** What went wrong, node by node; empty when nothing did. */
export function problemsText(results: readonly NodeResult[]): string {
  return results
    .filter(({ status }) => !['success', 'pass', 'skipped', 'no-op'].includes(status))
    .map(({ status, noun, label, uniqueId, message }) => {
      const head = `${SHOWN[status]} ${noun} ${label} (${uniqueId})`;
      const body = (message ?? '')
        .trim()
        .split('\n')
        .map((line) => `  ${line}`.trimEnd());
      return [head, ...body.filter(Boolean), ''].join('\n');
    })
    .join('\n');
}

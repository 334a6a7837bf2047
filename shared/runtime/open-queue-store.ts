import type { Settings } from '#shared/config/settings.ts';
import { recordDeadLetter } from '#shared/ledger/dead-letters.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { openQueue } from '#shared/queue/open-queue.ts';
import type { DeadLetterSink, QueuePort } from '#shared/queue/queue-port.ts';
import type { Logger } from '#shared/telemetry/logger.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';

/** Opens the queue of the settings; malformed jobs go to the ledger's dead letters. */
export function openQueueStore(
  settings: Settings,
  ledger: Ledger,
  log: Logger,
  metrics: Metrics,
): Promise<QueuePort> {
  const dead: DeadLetterSink = {
    record: async (letter) => {
      await recordDeadLetter(ledger, {
        queue: letter.queue,
        jobName: letter.jobName,
        jobId: letter.jobId ?? '(none)',
        code: 'QUEUE_MALFORMED_JOB',
        facts: { reason: letter.reason, fields: letter.fields },
      });
      metrics.deadLetters.inc({ queue: letter.queue });
      log.error(
        { queue: letter.queue, job: letter.jobName, reason: letter.reason },
        'malformed job put aside',
      );
    },
  };
  return openQueue({
    url: settings.queueUrl,
    prefix: settings.queuePrefix,
    lockMs: settings.queueLockMs,
    stalledIntervalMs: Math.ceil(settings.queueLockMs / 2),
    dead,
    onError: (error) => log.warn({ err: error }, 'queue error'),
  });
}

import { BullmqQueue } from './bullmq-queue.ts';
import { ErrorReporter } from './error-reporter.ts';
import { postgresDriver } from './postgres-driver.ts';
import { type QueueConfig, settingsOf } from './queue-config.ts';
import type { QueuePort } from './queue-port.ts';
import { backendOf, checkPrefix } from './queue-url.ts';
import { redisDriver } from './redis-driver.ts';

/**
 * Opens the queue a URL points at. Does not wait for the server: calls fail fast and workers keep trying
 * until it is there and migrated, so services start in any order.
 *
 * @throws PenstockError `QUEUE_URL_UNSUPPORTED`, `QUEUE_PREFIX_INVALID`.
 */
export async function openQueue(config: QueueConfig): Promise<QueuePort> {
  checkPrefix(config.prefix);
  const settings = settingsOf(config);
  const reporter = new ErrorReporter(config.onError);
  const onError = (error: unknown): void => reporter.report(error, 'background');
  const driverFor = backendOf(config.url) === 'redis' ? redisDriver : postgresDriver;
  return new BullmqQueue(driverFor(settings, onError), config, settings, reporter);
}

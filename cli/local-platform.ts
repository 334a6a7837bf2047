import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type DevPlatform, type QueueKind, startDevPlatform } from '#dev/platform.ts';
import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { extractorService } from '#services/extractor/service.ts';
import { loaderService } from '#services/loader/service.ts';
import { schedulerService } from '#services/scheduler/service.ts';
import { transformerService } from '#services/transformer/service.ts';
import type { Environment } from '#shared/config/settings.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import { migrateStores } from '#shared/runtime/migrate-stores.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import type { ServiceInput } from '#shared/runtime/worker-runtime.ts';
import { createLogger, type Logger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { openStores } from './open-stores.ts';
import type { Stores } from './stores.ts';

export interface LocalPlatformOptions {
  /** Names the data that is kept; undefined starts empty and leaves nothing. */
  readonly keep?: string;
  readonly queue: QueueKind;
  /** Also starts the simulated shards of the fleet pipeline. */
  readonly fleet?: ShardApiOptions;
  /** Folder the configuration file is looked for in. */
  readonly cwd: string;
  /** Settings over those of the platform. */
  readonly environment: Environment;
}

/** Embedded servers, migrated, and the verb's own connections to ledger and queue. */
export interface LocalPlatform extends Stores {
  readonly dev: DevPlatform;
  readonly apiToken: string;
  readonly input: ServiceInput;
}

/** Where the four services of this process can be looked at. */
export interface RunningServices {
  readonly apiUrl: string;
}

/** Starts the servers and brings ledger and queue up to date. `releasers` gives everything back. */
export async function startLocalPlatform(
  options: LocalPlatformOptions,
  releasers: Releasers,
): Promise<LocalPlatform> {
  const { keep, queue, fleet } = options;
  const dev = await startDevPlatform({
    queue,
    ...(keep === undefined ? {} : { keep }),
    ...(fleet === undefined ? {} : { fleet }),
  });
  releasers.add('servers', () => dev.stop());
  const fresh = randomBytes(16).toString('hex');
  const environment = { ...dev.environment, PENSTOCK_API_TOKEN: fresh, ...options.environment };
  const input = await serviceInput(environment, options.cwd, false);
  await migrateStores(input.settings);
  const stores = await openStores(input.settings, releasers);
  const { settings, pipelines } = input;
  return { ...stores, dev, apiToken: settings.apiToken ?? fresh, input, settings, pipelines };
}

/** Starts all four services in this process; the scheduler answers for their health. */
export async function startAllServices(
  input: ServiceInput,
  log: Logger,
  releasers: Releasers,
): Promise<RunningServices> {
  const shared = { ...input, log, metrics: createMetrics({ processMetrics: true }) };
  const listening = Promise.withResolvers<number>();
  const services = [
    schedulerService({ ...shared, onListening: listening.resolve }),
    extractorService(shared),
    loaderService(shared),
    transformerService(shared),
  ];
  for (const service of services) {
    releasers.add(service.name, async () => void (await service.stop(input.settings.drainMs)));
    await service.start();
  }
  return { apiUrl: `http://${input.settings.httpHost}:${await listening.promise}` };
}

/**
 * A log in a file beside the landing folder, for verbs whose screen is for people.
 *
 * @returns the logger and its path.
 */
export function fileLog(
  platform: LocalPlatform,
  service: string,
  releasers: Releasers,
): { readonly log: Logger; readonly path: string } {
  const path = join(platform.dev.landingDir, 'penstock.log');
  const stream = createWriteStream(path, { flags: 'a' });
  releasers.add('log file', async () => {
    stream.end();
    await finished(stream);
  });
  return { log: createLogger(service, platform.settings.logLevel, stream), path };
}

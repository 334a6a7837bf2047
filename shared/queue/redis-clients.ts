import { Redis, type RedisOptions } from 'ioredis';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { queueErrors } from './errors.ts';
import { settledWithin, withinDeadline } from './within-deadline.ts';

const MAX_RECONNECT_PAUSE_MS = 1000;

/** Reconnects for ever, soon at first, with jitter so that a fleet does not return in step. */
const retryStrategy = (times: number): number =>
  Math.round(Math.min(MAX_RECONNECT_PAUSE_MS, 50 * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2));

const shared: RedisOptions = { retryStrategy, keepAlive: 10_000, connectTimeout: 5_000 };

/** The two connections a process shares, and the blocking ones BullMQ duplicates per worker. */
export class RedisClients {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #open = new Set<Redis>();
  #producer: Redis | undefined;
  #worker: Redis | undefined;

  constructor(url: string, timeoutMs: number, onError: (error: unknown) => void) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#onError = onError;
  }

  /**
   * The client producers share. It queues nothing while the server is away, and is handed out only when
   * it is connected: a command sent to a server that was never up hangs even in a fail-fast client.
   *
   * @throws PenstockError `QUEUE_UNREACHABLE` after the producer time-out.
   */
  async producer(): Promise<Redis> {
    const options = { enableOfflineQueue: false, maxRetriesPerRequest: 1 };
    this.#producer ??= this.#create({ ...options, commandTimeout: this.#timeoutMs * 3 });
    await this.#connected(this.#producer);
    return this.#producer;
  }

  /** The client workers share; it waits for the server, as BullMQ demands. */
  async worker(): Promise<Redis> {
    this.#worker ??= this.#create({ maxRetriesPerRequest: null });
    await this.#connected(this.#worker);
    return this.#worker;
  }

  async close(deadlineMs: number): Promise<void> {
    const open = [...this.#open];
    const quits = open.filter((client) => client.status === 'ready').map((client) => client.quit());
    await settledWithin(Promise.all(quits), deadlineMs);
    for (const client of open) client.disconnect();
  }

  #create(options: RedisOptions): Redis {
    const client: Redis = new Redis(this.#url, { ...shared, ...options, replyMapping: 'legacy' });
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override?: Partial<RedisOptions>) => this.#track(duplicate(override));
    return this.#track(client);
  }

  #track(client: Redis): Redis {
    client.setMaxListeners(0);
    client.on('error', this.#onError);
    client.on('end', () => this.#open.delete(client));
    client.on('connecting', () => this.#open.add(client));
    this.#open.add(client);
    return client;
  }

  async #connected(client: Redis): Promise<void> {
    if (client.status === 'ready') return;
    const late = (): Error => new PenstockError(queueErrors.unreachable, { waitedMs: this.#timeoutMs });
    if (client.status === 'end') throw late();
    let onReady: (() => void) | undefined;
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
      client.once('ready', resolve);
    });
    try {
      await withinDeadline(ready, this.#timeoutMs, late);
    } finally {
      if (onReady !== undefined) client.off('ready', onReady);
    }
  }
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { serverErrors } from './errors.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { GuardedServer } from './guarded-server.ts';
import { sweepLeftovers } from './leftovers.ts';
import { signalIfAlive } from './process-tree.ts';

export interface RedisOptions {
  /** Redis settings by name, over the defaults here; e.g. `{ appendonly: 'yes', appendfsync: 'always' }` to survive a kill. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RedisServer {
  /** `redis://:…@127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Changes on restart. */
  readonly pid: number;
  readonly dataDir: string;
  /** Stops and removes its data. Safe to call twice, and after `kill`. */
  stop(): Promise<void>;
  /** After SIGKILL it returns when the process has ended. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Stops if running, then starts again on the same port and data folder. */
  restart(): Promise<void>;
}

/** No persistence: what a test run queues is worth nothing after it. Eviction would silently lose jobs. */
const defaults = { save: '""', appendonly: 'no', 'maxmemory-policy': 'noeviction', daemonize: 'no' };

const startDeadlineMs = 20_000;

/** Path of redis-server, or undefined when this machine has none. */
export const findRedis = (searchPath: string): string | undefined => findProgram('redis-server', searchPath);

/**
 * Starts a Redis of our own on a free port of 127.0.0.1. It dies when this process dies.
 *
 * @param options.settings see {@link RedisOptions}
 * @throws DEV_SERVER_NO_REDIS when redis-server is not on the PATH; DEV_SERVER_NOT_READY with the end of its log.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = join(cacheFolder(), 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  sweepLeftovers(folder);
  const dataDir = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(dataDir, { mode: 0o700 });
  const password = randomBytes(18).toString('hex');
  const port = await freePort();
  const settings = { ...defaults, bind: '127.0.0.1', port: String(port), dir: dataDir, ...options.settings };
  const lines = Object.entries({ ...settings, requirepass: password }).map(
    ([name, value]) => `${name} ${value}\n`,
  );
  // A file, because arguments are readable by every account of the machine.
  writeFileSync(join(dataDir, 'redis.conf'), lines.join(''), { mode: 0o600 });
  const server = new RunningRedis(dataDir, port, password);
  await server.launch();
  return server;
}

class RunningRedis extends GuardedServer implements RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #password: string;

  constructor(dataDir: string, port: number, password: string) {
    super(dataDir, 'SIGTERM');
    this.port = port;
    this.#password = password;
    this.url = `redis://:${password}@127.0.0.1:${port}`;
  }

  async launch(): Promise<void> {
    const running = startGuarded({
      command: 'redis-server',
      args: [join(this.dataDir, 'redis.conf')],
      user: {},
      logFile: join(this.dataDir, 'server.log'),
      lastSignal: 'TERM',
      removeAfterDeath: this.dataDir,
    });
    this.process = running;
    const deadline = Date.now() + startDeadlineMs;
    while (!(await answers(this.port, this.#password))) {
      if (running.hasEnded() || Date.now() > deadline) throw this.#notReady(running);
      await delay(5);
    }
  }

  #notReady(running: GuardedProcess): PenstockError {
    signalIfAlive(running.pid, 'SIGKILL');
    const output = readFileSync(join(this.dataDir, 'server.log'), 'utf8').slice(-1500);
    const missing =
      output.includes('redis-server: not found') || output.includes('redis-server: No such file');
    if (missing) return new PenstockError(serverErrors.noRedis);
    return new PenstockError(serverErrors.notReady, { server: 'redis', output });
  }
}

/** True when the server answers PING, so it has finished loading its files. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.end(`AUTH ${password}\r\nPING\r\nQUIT\r\n`));
    socket.on('data', (chunk) => {
      reply += chunk.toString('utf8');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(reply.includes('+PONG')));
  });
}

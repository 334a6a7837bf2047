import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { serverErrors } from './errors.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { killServerOf, serverPidOf, sweepLeftovers } from './leftovers.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { clusterPassword, copyTemplate, makeServerFolder } from './postgres-template.ts';
import { childrenOf, listProcesses, signalIfAlive } from './process-tree.ts';
import { type ServerUser, serverUser } from './server-user.ts';

/** How a server is asked to stop: `fast` finishes cleanly, `immediate` leaves crash recovery to the next start. */
export type StopMode = 'fast' | 'immediate';

export interface PostgresOptions {
  /** Kept after stop, durable, created when missing. Without it: a temporary cluster, fsync off, removed on stop. */
  readonly dataDir?: string;
  /** TCP port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** Server settings by name, over the defaults here. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  /** `postgres://postgres:…@127.0.0.1:<port>/postgres`; the role is a superuser. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's pid; changes on restart. */
  readonly pid: number;
  readonly dataDir: string;
  /** Stops cleanly and removes a temporary cluster. Safe to call twice, and after `kill`. */
  stop(): Promise<void>;
  /** Signals the postmaster and all its backends. After SIGKILL it returns when all have ended. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Stops if running, then starts again on the same port and data. Also brings a killed server back. */
  restart(mode?: StopMode): Promise<void>;
}

/** Where temporary clusters are; `<pid>-<random>` inside. */
const clustersFolder = (): string => join(cacheFolder(), 'clusters');

const everywhere = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Containers often have 64 MB of /dev/shm; mapped files in the data folder have no such bound.
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '128MB',
  huge_pages: 'off',
};

/** Only an operating-system crash could show the difference, and nobody reads a temporary cluster after one. */
const temporary = { fsync: 'off', full_page_writes: 'off' };

const startDeadlineMs = 60_000;
const startAttempts = 3;

/**
 * Starts the embedded PostgreSQL 18. It dies when this process dies, even by kill -9.
 *
 * @throws DEV_SERVER_DATA_IN_USE when another live process serves `dataDir`; DEV_SERVER_NOT_READY with the end of the
 * server's log; DEV_SERVER_NO_USER, DEV_SERVER_NO_POSTGRES.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const user = serverUser();
  const binaries = await postgresBinaries();
  await makeServerFolder(clustersFolder(), user);
  sweepLeftovers(clustersFolder());
  const kept = options.dataDir !== undefined;
  const dataDir = options.dataDir ?? temporaryDataDir();
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await copyTemplate(binaries, user, dataDir);
  else if (serverPidOf(dataDir) !== undefined) throw new PenstockError(serverErrors.dataInUse, { dataDir });
  const settings = { ...everywhere, ...(kept ? {} : temporary), ...options.settings };
  const server = new RunningPostgres({
    command: join(binaries.home, 'bin/postgres'),
    user,
    dataDir,
    kept,
    settings,
  });
  await server.startOn(options.port);
  return server;
}

/** Data folder of a durable cluster of this project, e.g. the demo's: reachable for the server's user. */
export function durableDataDir(name: string): string {
  return join(cacheFolder(), 'durable', name);
}

function temporaryDataDir(): string {
  return join(clustersFolder(), `${process.pid}-${randomBytes(4).toString('hex')}`);
}

interface Start {
  readonly command: string;
  readonly user: ServerUser;
  readonly dataDir: string;
  readonly kept: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

class RunningPostgres implements PostgresServer {
  readonly dataDir: string;
  readonly #start: Start;
  #process: GuardedProcess | undefined;
  #port = 0;
  #password = '';

  constructor(start: Start) {
    this.#start = start;
    this.dataDir = start.dataDir;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  get url(): string {
    return `postgres://postgres:${this.#password}@127.0.0.1:${this.#port}/postgres`;
  }

  /** A port found free may be taken before PostgreSQL binds it, so a found one is looked for again. */
  async startOn(port: number | undefined): Promise<void> {
    this.#password = await clusterPassword(this.dataDir);
    for (let attempt = 1; ; attempt += 1) {
      this.#port = port ?? (await freePort());
      try {
        await this.#launch();
        return;
      } catch (error) {
        if (port !== undefined || attempt === startAttempts) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    await this.#end('fast');
    if (!this.#start.kept) await rm(this.dataDir, { recursive: true, force: true });
  }

  async kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.hasEnded()) return;
    // Stopped first, the postmaster can neither start nor bury a child while the list is read.
    if (signal !== 'SIGCONT') signalIfAlive(running.pid, 'SIGSTOP');
    const backends = childrenOf(running.pid).map((child) => child.pid);
    const all = [running.pid, ...backends];
    // As in a power cut, nobody lives to see another die: a backend that noticed the postmaster's death would roll back
    // half-way, and leave files that crash recovery trips over.
    if (signal === 'SIGKILL') for (const pid of all) signalIfAlive(pid, 'SIGSTOP');
    for (const pid of all) signalIfAlive(pid, signal);
    if (signal !== 'SIGKILL') return;
    await running.ended;
    while (listProcesses().some((one) => backends.includes(one.pid))) await delay(5);
  }

  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.#end(mode);
    await this.#launch();
  }

  async #end(mode: StopMode): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.hasEnded()) return;
    // A stopped process would never see the request.
    await this.kill('SIGCONT');
    signalIfAlive(running.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await running.ended;
  }

  async #launch(): Promise<void> {
    const { command, user, dataDir, kept, settings } = this.#start;
    const logFile = join(dataDir, 'server.log');
    const all = { ...settings, port: String(this.#port) };
    this.#process = startGuarded({
      command,
      args: ['-D', dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      user,
      logFile,
      lastSignal: kept ? 'INT' : 'QUIT',
      ...(kept ? {} : { removeAfterDeath: dataDir }),
    });
    await this.#untilReady(this.#process, logFile);
  }

  async #untilReady(running: GuardedProcess, logFile: string): Promise<void> {
    const deadline = Date.now() + startDeadlineMs;
    while (!saysReady(this.dataDir, running.pid)) {
      if (running.hasEnded() || Date.now() > deadline) {
        killServerOf(this.dataDir);
        throw new PenstockError(serverErrors.notReady, {
          server: 'postgres',
          output: readFileSync(logFile, 'utf8').slice(-1500),
        });
      }
      await delay(5);
    }
  }
}

/** pg_ctl's own test: line 1 of the pid file is the postmaster, line 8 its state. */
function saysReady(dataDir: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

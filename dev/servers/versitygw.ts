import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { serverErrors } from './errors.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { GuardedServer } from './guarded-server.ts';
import { sweepLeftovers } from './leftovers.ts';
import { signalIfAlive } from './process-tree.ts';
import { findVersitygw } from './versitygw-binary.ts';

export interface VersitygwOptions {
  /** Buckets keep every version of their objects once versioning is turned on for them. */
  readonly versioning?: boolean;
}

/** An S3 server over a temporary folder, with a random key and secret. */
export interface S3Server {
  /** `s3://key:secret@127.0.0.1:<port>/penstock?region=us-east-1&tls=false`; the bucket is there. */
  readonly url: string;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  /** Changes on restart. */
  readonly pid: number;
  readonly dataDir: string;
  /** Where the server keeps a bucket: its objects are files there. */
  folderOf(bucket: string): string;
  /** Creates a bucket if it is not there and returns its URL. */
  makeBucket(name: string): Promise<string>;
  /** Stops and removes its data. Safe to call twice, and after `kill`. */
  stop(): Promise<void>;
  /** After SIGKILL it returns when the process has ended. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Stops if running, then starts again on the same port and data. */
  restart(): Promise<void>;
}

const startDeadlineMs = 20_000;
const defaultBucket = 'penstock';

/**
 * Starts versitygw on a free port of 127.0.0.1. It dies when this process dies.
 *
 * @throws DEV_SERVER_NO_VERSITYGW when it was never built here (see `buildVersitygw`); DEV_SERVER_NOT_READY with the
 *   end of its log.
 */
export async function startVersitygw(options: VersitygwOptions = {}): Promise<S3Server> {
  const binary = findVersitygw();
  if (binary === undefined) throw new PenstockError(serverErrors.noVersitygw);
  const folder = join(cacheFolder(), 's3');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  sweepLeftovers(folder);
  const dataDir = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  for (const name of ['', 'buckets', 'versions', 'metadata']) mkdirSync(join(dataDir, name), { mode: 0o700 });
  const server = new RunningVersitygw({ binary, dataDir, port: await freePort(), ...options });
  await server.launch();
  await server.makeBucket(defaultBucket);
  return server;
}

interface Start extends VersitygwOptions {
  readonly binary: string;
  readonly dataDir: string;
  readonly port: number;
}

class RunningVersitygw extends GuardedServer implements S3Server {
  readonly port: number;
  readonly endpoint: string;
  readonly #start: Start;
  readonly #credentials: string;
  /** Metadata in files of their own, for file systems without extended attributes. */
  #sidecar = false;

  constructor(start: Start) {
    // A stop at once loses nothing that was acknowledged, and waits for no connection kept alive.
    super(start.dataDir, 'SIGKILL');
    this.#start = start;
    this.port = start.port;
    this.endpoint = `http://127.0.0.1:${start.port}`;
    const [key, secret] = [randomBytes(10).toString('hex'), randomBytes(20).toString('hex')];
    this.#credentials = `${key}:${secret}`;
    // A file, because arguments are readable by every account of the machine.
    const lines = `export ROOT_ACCESS_KEY_ID=${key} ROOT_SECRET_ACCESS_KEY=${secret}\n`;
    writeFileSync(this.#credentialsFile, lines, { mode: 0o600 });
  }

  get url(): string {
    return this.#urlOf(defaultBucket);
  }

  folderOf(bucket: string): string {
    return join(this.dataDir, 'buckets', bucket);
  }

  async makeBucket(name: string): Promise<string> {
    await mkdir(this.folderOf(name), { recursive: true });
    return this.#urlOf(name);
  }

  async launch(): Promise<void> {
    const running = startGuarded({
      command: '/bin/sh',
      args: ['-c', '. "$0" && exec "$@"', this.#credentialsFile, this.#start.binary, ...this.#arguments()],
      user: {},
      logFile: this.#logFile,
      lastSignal: 'TERM',
      removeAfterDeath: this.dataDir,
    });
    this.process = running;
    const deadline = Date.now() + startDeadlineMs;
    while (!(await answers(this.endpoint))) {
      if (running.hasEnded() && this.#wantsSidecar()) return this.#launchWithSidecar();
      if (running.hasEnded() || Date.now() > deadline) throw this.#notReady(running);
      await delay(10);
    }
  }

  get #credentialsFile(): string {
    return join(this.dataDir, 'credentials');
  }

  get #logFile(): string {
    return join(this.dataDir, 'server.log');
  }

  #urlOf(bucket: string): string {
    return `s3://${this.#credentials}@127.0.0.1:${this.port}/${bucket}?region=us-east-1&tls=false`;
  }

  /** The folder comes last: leftovers are recognised by it. */
  #arguments(): string[] {
    const { dataDir, versioning } = this.#start;
    return [
      ...['--port', `127.0.0.1:${this.port}`, '--quiet', '--keep-alive', '--health', healthPath, 'posix'],
      ...(versioning === true ? ['--versioning-dir', join(dataDir, 'versions')] : []),
      ...(this.#sidecar ? ['--sidecar', join(dataDir, 'metadata')] : []),
      join(dataDir, 'buckets'),
    ];
  }

  #wantsSidecar(): boolean {
    return !this.#sidecar && /xattr/i.test(readFileSync(this.#logFile, 'utf8'));
  }

  #launchWithSidecar(): Promise<void> {
    this.#sidecar = true;
    return this.launch();
  }

  #notReady(running: GuardedProcess): PenstockError {
    if (!running.hasEnded()) signalIfAlive(running.pid, 'SIGKILL');
    const output = readFileSync(this.#logFile, 'utf8').slice(-1500);
    return new PenstockError(serverErrors.notReady, { server: 'versitygw', output });
  }
}

const healthPath = '/healthz-of-this-server';

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}${healthPath}`, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { ServerUser } from './server-user.ts';

/** A server process that dies with us. */
export interface GuardedProcess {
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
}

export interface GuardedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: ServerUser;
  /** Receives standard output and error. */
  readonly logFile: string;
  /** Sent when we die; followed by SIGKILL after ten seconds. */
  readonly lastSignal: 'INT' | 'QUIT' | 'TERM';
  /** Removed by the guard when we die; for data that nobody will look at again. */
  readonly removeAfterDeath?: string;
}

/**
 * Shell that leaves a guard behind and becomes the server, so the server keeps the pid we spawned. The guard
 * holds the other end of a pipe of ours: when we die, even by kill -9, it reads end-of-file and stops the
 * server. A line on the pipe tells it that the server has ended by itself. It is orphaned on purpose (the
 * double parentheses), because PostgreSQL would wonder about a child it did not start.
 */
const guardScript = `
signal=$1; remove=$2; shift 2; server=$$
( (
  if ! read -r word <&3; then
    kill -CONT "$server"; kill "-$signal" "$server"; tries=0
    while kill -0 "$server" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -KILL "$server"
    if [ -n "$remove" ]; then rm -rf "$remove"; fi
  fi
) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Starts a server in a session of its own, so a Ctrl-C in the terminal reaches only us. */
export function startGuarded(options: GuardedProcessOptions): GuardedProcess {
  const log = openSync(options.logFile, 'a');
  try {
    const { command, args, lastSignal, removeAfterDeath } = options;
    const child = spawn(
      '/bin/sh',
      ['-c', guardScript, 'guard', lastSignal, removeAfterDeath ?? '', command, ...args],
      { ...options.user, cwd: '/', detached: true, stdio: ['ignore', log, log, 'pipe'] },
    );
    return watch(child);
  } finally {
    closeSync(log);
  }
}

function watch(child: ChildProcess): GuardedProcess {
  const pipe = child.stdio[3] as Duplex;
  // The guard may be gone first when the whole session was killed; a broken pipe is then no news.
  pipe.on('error', () => {});
  let done = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      done = true;
      pipe.end('ended\n');
      resolve();
    });
  });
  ended.catch(() => {});
  return { pid: child.pid ?? -1, ended, hasEnded: () => done };
}

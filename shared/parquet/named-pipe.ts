import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** The reading end of a named pipe that several writers fill one after the other. */
export interface Pipe {
  readonly stream: Readable;
  /** All writers are done: the stream ends after what is in the pipe. */
  finish(): void;
  fail(error: Error): void;
}

const run = promisify(execFile);

/**
 * Makes a named pipe and opens both its ends. The reader is a socket, not a file stream: a file stream would hold one
 * of libuv's four threads while it waits, and DuckDB's queries run on the same four, so two loads could starve each
 * other for good. The open writing end keeps the pipe from ending between two writers.
 */
export async function openPipe(path: string): Promise<Pipe> {
  await run('mkfifo', ['-m', '600', path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let open = true;
  const close = (): void => {
    if (open) closeSync(writer);
    open = false;
  };
  const stream = new Socket({ fd: reader, readable: true, writable: false });
  stream.once('close', close);
  return {
    stream,
    finish: close,
    fail: (error) => {
      stream.destroy(error);
      close();
    },
  };
}

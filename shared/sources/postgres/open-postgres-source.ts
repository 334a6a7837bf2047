import { checkSource } from './check-source.ts';
import { openSessions, type SessionOptions } from './pg-sessions.ts';
import { type BoundReading, type ReadBoundOptions, readBound } from './read-bound.ts';
import { type ReadWindowOptions, readWindow, type WindowRead } from './read-window.ts';
import type { SourceStream } from './window-query.ts';

export interface PostgresSourceOptions extends SessionOptions {
  /** The declaration's `marginMs`. */
  readonly marginMs: number;
}

/** One source database, read-only. */
export interface PostgresSource {
  /** Every problem in words; see {@link checkSource}. */
  check(streams: Readonly<Record<string, SourceStream>>): Promise<string[]>;
  /** The bound; to be called before the window's snapshot. See {@link readBound}. */
  readBound(options: Omit<ReadBoundOptions, 'marginMs'>): Promise<BoundReading>;
  /** A window's rows in one snapshot; see {@link readWindow}. */
  readWindow(options: ReadWindowOptions): Promise<WindowRead>;
  /** Ends every session. Close the windows first. */
  close(): Promise<void>;
}

/** Opens a source. Connects on first use, so that a source that is down is found by `check` or by a task. */
export function openPostgresSource(options: PostgresSourceOptions): PostgresSource {
  const pool = openSessions(options);
  let closing: Promise<void> | undefined;
  return {
    check: (streams) => checkSource(pool, streams),
    readBound: (request) => readBound(pool, { ...request, marginMs: options.marginMs }),
    readWindow: (request) => readWindow(pool, request),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

import type { EventEmitter } from 'node:events';
import type pg from 'pg';

/** What the server says beside rows, which the driver keeps in part or not at all. */
export interface ServerWords {
  /** Of the last statement that went well, in full, e.g. `SELECT 12`. */
  readonly tag: string | undefined;
  /** Whether a transaction was open after the last text of statements, also one that a template began by SQL of its own. */
  readonly inTransaction: boolean;
  forgetTag(): void;
  stop(): void;
}

/** Listens until `stop`. */
export function listenToServer(client: pg.PoolClient): ServerWords {
  const { connection } = client as { connection?: EventEmitter };
  let tag: string | undefined;
  let inTransaction = false;
  const onTag = ({ text }: { readonly text?: string }): void => {
    tag = text;
  };
  // `I` is idle; `T` and `E` are a transaction that is open, or open and failed.
  const onReady = ({ status }: { readonly status?: string }): void => {
    inTransaction = status !== 'I';
  };
  connection?.on('commandComplete', onTag);
  connection?.on('readyForQuery', onReady);
  return {
    get tag() {
      return tag;
    },
    get inTransaction() {
      return inTransaction;
    },
    forgetTag: () => {
      tag = undefined;
    },
    stop: () => {
      connection?.off('commandComplete', onTag);
      connection?.off('readyForQuery', onReady);
    },
  };
}

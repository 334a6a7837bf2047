import { HostRecord } from '#shared/template/host/host-record.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { StatementResult } from '../adapter/adapter.ts';

/** What a statement did, as templates see it: prints the server's words. */
export class AdapterResponse extends HostRecord {
  readonly #message: string;

  constructor(message: string, code: Value, rowsAffected: Value) {
    super('AdapterResponse', { _message: message, code, rows_affected: rowsAffected });
    this.#message = message;
  }

  static of({ message, code, rowsAffected }: StatementResult): AdapterResponse {
    return new AdapterResponse(message, code, rowsAffected === null ? -1n : BigInt(rowsAffected));
  }

  override toText(): string {
    return this.#message;
  }
}

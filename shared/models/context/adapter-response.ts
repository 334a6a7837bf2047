import type { Value } from '#shared/template/values/value.ts';
import type { StatementResult } from '../adapter/adapter.ts';
import { DataRecord } from './data-record.ts';

/** What a statement did, as templates see it: prints the server's words. */
export class AdapterResponse extends DataRecord {
  readonly #message: string;

  constructor(message: string, code: Value, rowsAffected: Value) {
    super('AdapterResponse', { _message: message, code, rows_affected: rowsAffected, query_id: null });
    this.#message = message;
  }

  static of({ message, code, rowsAffected }: StatementResult): AdapterResponse {
    return new AdapterResponse(message, code, rowsAffected === null ? -1n : BigInt(rowsAffected));
  }

  override toText(): string {
    return this.#message;
  }
}

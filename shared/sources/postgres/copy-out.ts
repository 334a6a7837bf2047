import { Readable } from 'node:stream';
import pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sourceErrors } from './errors.ts';
import { toSourceError } from './to-source-error.ts';

/** A piece of COPY's text. Rows may continue from one piece to the next. */
export interface CopyChunk {
  readonly bytes: Buffer;
  /** Offset in `bytes` just behind the last row that ends in it; 0 when none does. */
  readonly rowEnd: number;
  /** Rows that end in `bytes`. */
  readonly rows: number;
}

const COPY_DATA = 0x64; // 'd'
const SKIPPED = new Set([0x48, 0x4e, 0x53, 0x41]); // CopyOutResponse, Notice, ParameterStatus, Notification
const NEWLINE = 0x0a;
const LENGTH_BYTES = 4;
const HEADER_BYTES = 1 + LENGTH_BYTES;
/** Network chunks (64 KiB each) read before the consumer asks for them. */
const CHUNKS_AHEAD = 16;

type DataListener = (data: Buffer) => void;

/**
 * Runs one `COPY … TO STDOUT` and yields its bytes with the row ends marked.
 *
 * The protocol sends one CopyData message per row ("always one per row", PostgreSQL manual 53.2.6), so row ends come
 * from the framing, whatever quotes and newlines the values hold; no byte of a value is looked at. Each message
 * must end in a newline and their number must equal the server's own count, else SOURCE_COPY_MISFRAMED.
 *
 * Given to `client.query`, like the class of pg-copy-streams; unlike it this compacts each network chunk in place
 * instead of slicing every row out of it, and ends only when the server has confirmed the command.
 */
export class CopyOut extends Readable {
  readonly text: string;
  /** Rows seen so far; equals the server's count at the end. */
  rowCount = 0;
  #connection: pg.Connection | undefined;
  #parserOfPg: DataListener | undefined;
  readonly #onData: DataListener = (data) => this.#take(data);
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes of the present message still to come. */
  #left = 0;
  #skipping = false;
  /** The server has answered for the whole statement, so the session can be used again. */
  confirmed = false;

  /** @param text a `COPY … TO STDOUT (FORMAT csv)` */
  constructor(text: string) {
    super({ objectMode: true, highWaterMark: CHUNKS_AHEAD });
    this.text = text;
    // It may fail before anyone reads it; whoever reads then meets the error, and nobody's absence ends the process.
    this.on('error', () => {});
  }

  /** Called by pg when the connection is ours. Takes the bytes before pg's own parser sees them. */
  submit(connection: pg.Connection): Error | undefined {
    const { stream } = connection;
    const parserOfPg = stream.listeners('data')[0] as DataListener | undefined;
    if (parserOfPg === undefined || this.destroyed) return new Error('the connection is not ready for COPY');
    this.#connection = connection;
    this.#parserOfPg = parserOfPg;
    stream.removeListener('data', parserOfPg);
    stream.on('data', this.#onData);
    connection.query(this.text);
    return undefined;
  }

  override _read(): void {
    this.#connection?.stream.resume();
  }

  /** Not finished: closing the socket is what stops the server. Finished: the session is left as it is. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#connection !== undefined && !this.confirmed) this.#connection.stream.destroy();
    done(error);
  }

  handleError(error: unknown): void {
    this.confirmed = error instanceof pg.DatabaseError;
    this.destroy(toSourceError(error));
  }

  handleCommandComplete(message: { readonly text?: string }): void {
    const counted = Number(/^COPY (\d+)$/.exec(message.text ?? '')?.[1]);
    if (counted !== this.rowCount) this.#misframed();
  }

  handleReadyForQuery(): void {
    this.confirmed = true;
    if (!this.destroyed) this.push(null);
  }

  /** Moves the payloads of one network chunk together, in place (they only ever move down). */
  #take(data: Buffer): void {
    let write = 0;
    let rowEnd = 0;
    let rows = 0;
    let read = 0;
    while (read < data.length) {
      if (this.#left === 0) {
        read = this.#readHeader(data, read);
        if (read < 0) break;
        continue;
      }
      const end = Math.min(data.length, read + this.#left);
      this.#left -= end - read;
      if (!this.#skipping) {
        data.copyWithin(write, read, end);
        write += end - read;
        if (this.#left === 0) {
          if (data[write - 1] !== NEWLINE) {
            this.#misframed();
            return;
          }
          rowEnd = write;
          rows += 1;
        }
      }
      read = end;
    }
    this.rowCount += rows;
    if (write > 0 && !this.push({ bytes: data.subarray(0, write), rowEnd, rows } satisfies CopyChunk)) {
      this.#connection?.stream.pause();
    }
    if (read < 0) this.#handBack(data.subarray(-read - 1));
  }

  /**
   * Reads a message's header, possibly over two chunks.
   *
   * @returns where reading goes on, or `-(start + 1)` when the message is pg's: the end of COPY, or an error.
   */
  #readHeader(data: Buffer, start: number): number {
    const taken = Math.min(HEADER_BYTES - this.#headerBytes, data.length - start);
    data.copy(this.#header, this.#headerBytes, start, start + taken);
    this.#headerBytes += taken;
    if (this.#headerBytes < HEADER_BYTES) return start + taken;
    const code = this.#header[0] ?? 0;
    if (code !== COPY_DATA && !SKIPPED.has(code)) return -(start + taken) - 1;
    this.#headerBytes = 0;
    this.#left = this.#header.readUInt32BE(1) - LENGTH_BYTES;
    this.#skipping = code !== COPY_DATA;
    return start + taken;
  }

  #handBack(rest: Buffer): void {
    const stream = this.#connection?.stream;
    const parserOfPg = this.#parserOfPg;
    if (stream === undefined || parserOfPg === undefined) return;
    stream.removeListener('data', this.#onData);
    stream.on('data', parserOfPg);
    parserOfPg(Buffer.concat([this.#header, rest]));
    stream.resume();
  }

  #misframed(): void {
    this.destroy(new PenstockError(sourceErrors.misframed));
  }
}

import { type FileHandle, open, rm } from 'node:fs/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { parquetErrors } from './errors.ts';

/** Text is encoded in pieces of about this many characters. */
const PIECE_LENGTH = 32 * 1024;
const READ_BYTES = 1 << 20;

/** Text that grows in memory up to a limit, and beyond it in a file. */
export class SpilledText {
  readonly #path: string;
  readonly #limitBytes: number;
  #open = '';
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #writtenBytes = 0;
  #file: FileHandle | undefined;
  #hasSpilled = false;
  /** Writes follow one another; the first that fails fails all later ones. */
  #writing: Promise<void> = Promise.resolve();

  /** @param path made only when the text outgrows `limitBytes`, readable by the owner alone. */
  constructor(path: string, limitBytes: number) {
    this.#path = path;
    this.#limitBytes = limitBytes;
  }

  /** Bytes so far, once {@link finish} has been awaited. */
  get bytes(): number {
    return this.#heldBytes + this.#writtenBytes;
  }

  /** @returns a promise to await before more is added, when the text went beyond what memory may hold. */
  add(text: string): Promise<void> | undefined {
    this.#open += text;
    if (this.#open.length < PIECE_LENGTH) return undefined;
    this.#seal();
    return this.#heldBytes > this.#limitBytes ? this.#spill() : undefined;
  }

  /** Nothing is added after this. */
  async finish(): Promise<void> {
    this.#seal();
    if (this.#hasSpilled) await this.#spill();
  }

  /** All of it, from the start, in pieces. */
  async *read(): AsyncGenerator<Buffer> {
    if (this.#file === undefined) {
      yield* this.#pieces;
      return;
    }
    for (let at = 0; at < this.#writtenBytes; ) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
      if (bytesRead === 0)
        throw new PenstockError(parquetErrors.rowsDiffer, { expected: this.#writtenBytes, found: at });
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  /** Frees memory and file. Idempotent; also right after a failure. */
  async discard(): Promise<void> {
    this.#open = '';
    this.#pieces = [];
    this.#heldBytes = 0;
    await this.#writing.catch(() => {});
    const file = this.#file;
    this.#file = undefined;
    this.#writtenBytes = 0;
    await file?.close();
    if (file !== undefined) await rm(this.#path, { force: true });
  }

  #seal(): void {
    if (this.#open === '') return;
    const piece = Buffer.from(this.#open, 'utf8');
    this.#open = '';
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
  }

  #spill(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#hasSpilled = true;
    this.#writing = this.#writing.then(() => this.#write(pieces));
    // It is met by whoever awaits; until then it must not count as unhandled.
    this.#writing.catch(() => {});
    return this.#writing;
  }

  async #write(pieces: readonly Buffer[]): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'w+', 0o600);
      for (const piece of pieces) {
        await this.#file.writeFile(piece);
        this.#writtenBytes += piece.length;
      }
    } catch (error) {
      throw toSpaceError(error);
    }
  }
}

/** Facts name the kind of failure only: a path may hold a slice's name, never more. */
export function toSpaceError(error: unknown): PenstockError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new PenstockError(parquetErrors.outOfSpace, { code }, { cause: error });
}

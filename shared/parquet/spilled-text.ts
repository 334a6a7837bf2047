import { type FileHandle, open, rm } from 'node:fs/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { parquetErrors } from './errors.ts';
import { giveBackBlock, takeBlock } from './text-blocks.ts';
import { toSpaceError, writeAt } from './write-at.ts';

const READ_BYTES = 1 << 18;
/** Of UTF-8 for one unit of UTF-16. */
const MOST_BYTES = 3;
/** Up to here a loop is quicker than a call of native code. */
const SHORT_TEXT = 24;
const FIRST_BEYOND_ASCII = 0x80;

const NOTHING = Buffer.alloc(0);

/** Text in memory, and the block it stands in when that is to be given back. */
interface Piece {
  readonly bytes: Buffer;
  readonly block: Buffer | undefined;
}

/** Text that grows in memory up to a limit, and beyond it in a file. */
export class SpilledText {
  readonly #path: string;
  readonly #limitBytes: number;
  #block: Buffer = NOTHING;
  /** How far the block is written. */
  #at = 0;
  #pieces: Piece[] = [];
  #heldBytes = 0;
  #writtenBytes = 0;
  #file: FileHandle | undefined;
  #hasSpilled = false;
  #readers = 0;
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

  /** Writes a part of what {@link settle} will end. */
  write(text: string): void {
    const most = text.length * MOST_BYTES;
    if (this.#at + most > this.#block.length) this.#nextBlock(most);
    const end = text.length <= SHORT_TEXT ? writeAscii(this.#block, this.#at, text) : -1;
    this.#at = end < 0 ? this.#at + this.#block.write(text, this.#at) : end;
  }

  /** The same of text that is there as bytes. */
  writeBytes(bytes: Buffer, from: number, to: number): void {
    if (this.#at + to - from > this.#block.length) this.#nextBlock(to - from);
    bytes.copy(this.#block, this.#at, from, to);
    this.#at += to - from;
  }

  /** @returns a promise to await before more is written, when the text went beyond what memory may hold. */
  settle(): Promise<void> | undefined {
    return this.#heldBytes > this.#limitBytes ? this.#spill() : undefined;
  }

  /** Nothing is written after this. */
  async finish(): Promise<void> {
    this.#seal();
    if (this.#hasSpilled) await this.#spill();
  }

  /** All of it when memory holds all, once {@link finish} has been awaited; good until {@link discard}. */
  get held(): readonly Buffer[] | undefined {
    return this.#hasSpilled ? undefined : this.#pieces.map(({ bytes }) => bytes);
  }

  /** All of it, from the start, in pieces. A piece is good until the next is asked for. */
  async *read(): AsyncGenerator<Buffer> {
    this.#readers += 1;
    try {
      if (this.#file === undefined) for (const { bytes } of this.#pieces) yield bytes;
      else yield* this.#readFile(this.#file);
    } finally {
      this.#readers -= 1;
    }
  }

  async *#readFile(file: FileHandle): AsyncGenerator<Buffer> {
    const block = takeBlock(READ_BYTES);
    try {
      for (let at = 0; at < this.#writtenBytes; ) {
        const { bytesRead } = await file.read(block, 0, block.length, at);
        if (bytesRead === 0)
          throw new PenstockError(parquetErrors.rowsDiffer, { expected: this.#writtenBytes, found: at });
        yield block.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      giveBackBlock(block);
    }
  }

  /** Frees memory and file. Idempotent; also right after a failure. */
  async discard(): Promise<void> {
    const pieces = this.#take();
    await this.#writing.catch(() => {});
    // Somebody may stand in the middle of them.
    if (this.#readers === 0) giveBack(pieces);
    const file = this.#file;
    this.#file = undefined;
    this.#writtenBytes = 0;
    await file?.close();
    if (file !== undefined) await rm(this.#path, { force: true });
  }

  #nextBlock(atLeastBytes: number): void {
    this.#seal();
    this.#block = takeBlock(atLeastBytes);
  }

  #seal(): void {
    const block = this.#block;
    const written = block.subarray(0, this.#at);
    this.#block = NOTHING;
    this.#at = 0;
    this.#heldBytes += written.length;
    if (written.length * 2 >= block.length && written.length > 0)
      this.#pieces.push({ bytes: written, block });
    else {
      // A small text does not keep a whole block waiting.
      if (written.length > 0) this.#pieces.push({ bytes: Buffer.from(written), block: undefined });
      giveBackBlock(block);
    }
  }

  /** What memory holds, which is forgotten. */
  #take(): Piece[] {
    this.#seal();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#heldBytes = 0;
    return pieces;
  }

  #spill(): Promise<void> {
    const pieces = this.#take();
    this.#hasSpilled = true;
    this.#writing = this.#writing.then(() => this.#write(pieces));
    // It is met by whoever awaits; until then it must not count as unhandled.
    this.#writing.catch(() => {});
    return this.#writing;
  }

  async #write(pieces: readonly Piece[]): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'w+', 0o600);
    } catch (error) {
      throw toSpaceError(error);
    }
    const texts = pieces.map(({ bytes }) => bytes);
    this.#writtenBytes = await writeAt(this.#file, texts, this.#writtenBytes);
    giveBack(pieces);
  }
}

/** @returns the index after the text, or -1 when it holds more than ASCII. */
function writeAscii(block: Buffer, from: number, text: string): number {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= FIRST_BEYOND_ASCII) return -1;
    block[from + i] = code;
  }
  return from + text.length;
}

function giveBack(pieces: readonly Piece[]): void {
  for (const { block } of pieces) if (block !== undefined) giveBackBlock(block);
}

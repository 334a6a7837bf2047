import { type FileHandle, open, rm } from 'node:fs/promises';

/** One file of whole rows. It exists until the next part is asked for, or the iteration ends. */
export interface CsvPart {
  readonly path: string;
  /** From 0, in order. */
  readonly index: number;
  readonly bytes: number;
  readonly rows: number;
}

const WRITE_BYTES = 1024 * 1024;

/** A part being written: gathers chunks into large writes, one of which runs while the next is gathered. */
export class PartFile {
  bytes = 0;
  readonly #path: string;
  readonly #index: number;
  readonly #handle: FileHandle;
  #rows = 0;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, index: number, handle: FileHandle) {
    this.#path = path;
    this.#index = index;
    this.#handle = handle;
  }

  /** Creates the file, or empties what an earlier attempt left under its name. */
  static async create(path: string, index: number): Promise<PartFile> {
    return new PartFile(path, index, await open(path, 'w'));
  }

  /** @param rows rows that end in `bytes`. */
  async append(bytes: Buffer, rows: number): Promise<void> {
    this.bytes += bytes.length;
    this.#rows += rows;
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= WRITE_BYTES) await this.#flush();
  }

  async close(): Promise<CsvPart> {
    await this.#flush();
    await this.#writing;
    await this.#handle.close();
    return { path: this.#path, index: this.#index, bytes: this.bytes, rows: this.#rows };
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (gathered.length > 0) this.#writing = this.#write(gathered);
    // Its failure is met at the next flush or close; until then it must not count as unhandled.
    this.#writing.catch(() => {});
  }

  /** `writev` may write less than it was given (a full disk, a signal). */
  async #write(buffers: readonly Buffer[]): Promise<void> {
    const total = buffers.reduce((sum, one) => sum + one.length, 0);
    const { bytesWritten } = await this.#handle.writev([...buffers]);
    if (bytesWritten < total) await this.#handle.appendFile(Buffer.concat(buffers).subarray(bytesWritten));
  }
}

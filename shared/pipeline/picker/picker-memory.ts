import { BEHIND, REGION_INPUT, REGION_OUTPUT, REGIONS } from './assembly/layout.ts';
import type { PickerModule } from './picker-module.ts';

/** Behind what the module holds itself. */
const PROGRAM_FROM = 4096;
/** Nodes, keys and steps; keys that came later are added. */
const PROGRAM_BYTES = 252 * 1024;
const FIRST_BYTES = 64 * 1024;
const WASM_PAGE = 64 * 1024;
/** Ends of cells share their word with a kind. */
const MOST_BYTES = 1 << 27;

/** Lays out a module's memory: a program that stays, and regions for what one answer needs, which grow when they were too small. */
export class PickerMemory {
  readonly #module: PickerModule;
  readonly #sizes: number[] = Array.from({ length: REGIONS }, () => FIRST_BYTES);
  readonly #starts: number[] = Array.from({ length: REGIONS }, () => 0);
  #programTo = PROGRAM_FROM;
  #isPlaced = false;
  /** Views of all of it, made anew whenever it has grown. */
  bytes: Buffer = Buffer.alloc(0);
  words: Int32Array = new Int32Array(0);
  #doubles: DataView = new DataView(new ArrayBuffer(0));

  constructor(module: PickerModule) {
    this.#module = module;
    this.#view(PROGRAM_FROM + PROGRAM_BYTES);
  }

  /** Takes room of the program, filled with NULs. @returns 0 when there is none left. */
  allocate(bytes: number): number {
    const at = this.#programTo;
    const end = at + ((bytes + 15) & ~15);
    if (end > PROGRAM_FROM + PROGRAM_BYTES) return 0;
    this.#programTo = end;
    return at;
  }

  /** The word at an address. */
  get(at: number): number {
    return this.words[at >> 2] ?? 0;
  }

  set(at: number, value: number): void {
    this.words[at >> 2] = value;
  }

  setDouble(at: number, value: number): void {
    this.#doubles.setFloat64(at, value, true);
  }

  startOf(region: number): number {
    return this.#starts[region] ?? 0;
  }

  /** Where a region ends. */
  endOf(region: number): number {
    return this.startOf(region) + (this.#sizes[region] ?? 0);
  }

  /** To be called when an answer did not fit. @returns false when there is no more to be had. */
  grow(region: number): boolean {
    this.#isPlaced = false;
    this.#sizes[region] = (this.#sizes[region] ?? FIRST_BYTES) * 2;
    return this.#total() <= MOST_BYTES;
  }

  /** Puts an answer where it is read. @returns false when it is too large. */
  take(answer: Uint8Array): boolean {
    const needed = answer.length + BEHIND;
    for (const region of [REGION_INPUT, REGION_OUTPUT]) {
      if ((this.#sizes[region] ?? 0) >= needed) continue;
      this.#sizes[region] = needed;
      this.#isPlaced = false;
    }
    if (this.#total() > MOST_BYTES) return false;
    if (!this.#isPlaced) this.#place();
    const at = this.startOf(REGION_INPUT);
    this.bytes.set(answer, at);
    this.bytes.fill(0, at + answer.length, at + needed);
    return true;
  }

  #total(): number {
    return PROGRAM_FROM + PROGRAM_BYTES + this.#sizes.reduce((sum, size) => sum + size + 16, 0);
  }

  #place(): void {
    this.#view(this.#total());
    let at = PROGRAM_FROM + PROGRAM_BYTES;
    this.#sizes.forEach((size, region) => {
      this.#starts[region] = at;
      this.#module.place(region, at, at + size);
      at += (size + 15) & ~15;
    });
    this.#isPlaced = true;
  }

  #view(needed: number): void {
    const { memory } = this.#module;
    const missing = needed - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
    if (this.bytes.buffer === memory.buffer) return;
    this.bytes = Buffer.from(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.#doubles = new DataView(memory.buffer);
  }
}

import { placeOf } from '../failures/place.ts';
import { TemplateError } from '../failures/template-error.ts';
import { TemplateFault } from '../failures/template-fault.ts';
import { normaliseSource } from '../lexer/normalise-source.ts';
import { TagLexer } from '../lexer/tag-lexer.ts';
import type { Token } from '../lexer/token.ts';

/** A tag with its end tag and all between, as text. */
export interface SourceBlock {
  readonly tag: string;
  /** First word after the tag's name, e.g. the name of a macro. */
  readonly name: string;
  /** What stands between the two tags. */
  readonly body: string;
  /** The whole, tags included. */
  readonly text: string;
  /** Line of the tag, counted from 1. */
  readonly line: number;
}

const opening = /\{[{%#]/g;

/**
 * Cuts the outermost blocks of the given tags out of a file without parsing what is inside, e.g. the `docs`,
 * `snapshot` and `macro` blocks of a project's files.
 *
 * @throws TemplateError with code TEMPLATE_SYNTAX when a block is not closed.
 */
export function extractBlocks(source: string, file: string, tags: readonly string[]): SourceBlock[] {
  return new BlockScanner(normaliseSource(source, true), file, new Set(tags)).run();
}

interface OpenBlock {
  readonly tag: string;
  readonly name: string;
  readonly start: number;
  readonly bodyStart: number;
}

class BlockScanner {
  readonly #source: string;
  readonly #file: string;
  readonly #tags: ReadonlySet<string>;
  readonly #blocks: SourceBlock[] = [];
  #open: OpenBlock | undefined;

  constructor(source: string, file: string, tags: ReadonlySet<string>) {
    this.#source = source;
    this.#file = file;
    this.#tags = tags;
  }

  run(): SourceBlock[] {
    for (let at = this.#next(0); at !== -1; ) at = this.#next(this.#skip(at));
    if (this.#open === undefined) return this.#blocks;
    const { tag, start } = this.#open;
    throw new TemplateError(
      'syntax',
      `block '${tag}' is not closed`,
      placeOf(this.#file, this.#source, start),
    );
  }

  #next(from: number): number {
    opening.lastIndex = from;
    return opening.exec(this.#source)?.index ?? -1;
  }

  /** @returns where to go on after the mark at `start`. */
  #skip(start: number): number {
    const mark = this.#source.charAt(start + 1);
    if (mark === '#') return this.#after('#}', start + 2);
    try {
      const tokens: Token[] = [];
      const signed = /[-+]/.test(this.#source.charAt(start + 2));
      const from = start + (signed ? 3 : 2);
      const { after } = new TagLexer(this.#source, from, mark === '%' ? 'tag' : 'output', tokens).run();
      return mark === '%' ? this.#tag(tokens, start, after) : after;
    } catch (thrown) {
      // Text inside a block need not be a template at all; what is one complains when it is parsed.
      if (thrown instanceof TemplateFault) return start + 2;
      throw thrown;
    }
  }

  #after(end: string, from: number): number {
    const at = this.#source.indexOf(end, from);
    return at === -1 ? this.#source.length : at + end.length;
  }

  #tag(tokens: readonly Token[], start: number, after: number): number {
    const tag = tokens[0]?.value ?? '';
    if (tag === 'raw') return this.#afterRaw(after);
    if (this.#open === undefined) {
      if (this.#tags.has(tag)) this.#open = { tag, name: tokens[1]?.value ?? '', start, bodyStart: after };
    } else if (tag === `end${this.#open.tag}`) {
      this.#close(this.#open, start, after);
    }
    return after;
  }

  #afterRaw(from: number): number {
    const end = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
    end.lastIndex = from;
    return end.exec(this.#source) === null ? this.#source.length : end.lastIndex;
  }

  #close({ tag, name, start, bodyStart }: OpenBlock, bodyEnd: number, end: number): void {
    this.#open = undefined;
    this.#blocks.push({
      tag,
      name,
      body: this.#source.slice(bodyStart, bodyEnd),
      text: this.#source.slice(start, end),
      line: placeOf(this.#file, this.#source, start).line,
    });
  }
}

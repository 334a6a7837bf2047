import { BrokenObject } from './broken-object.ts';
import { MAX_ROW_LENGTH } from './raw-row.ts';

/** Fields of a record: an unquoted empty field is null, a quoted one is `''`. */
export type CsvRecord = readonly (string | null)[];

/** Where the parser stands: before a field, in one, in quotes, after the closing quote, after CR behind that. */
type Place = 'before' | 'plain' | 'quoted' | 'closed' | 'ending';

/**
 * CSV by RFC 4180, fed chunk by chunk: commas, double quotes, LF or CRLF. Records of no character at all are passed.
 */
export class CsvParser {
  #place: Place = 'before';
  #fields: (string | null)[] = [];
  /** Pieces of the field that is being read. */
  #field = '';
  #length = 0;
  #number = 0;

  /** @returns the records that end in this chunk. @throws BrokenObject csv-quote, row-too-long. */
  feed(chunk: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < chunk.length) {
      const next = this.#place === 'quoted' ? this.#inQuotes(chunk, at) : this.#outside(chunk, at, records);
      this.#length += next - at;
      if (this.#length > MAX_ROW_LENGTH) throw this.#broken('row-too-long');
      at = next;
    }
    return records;
  }

  /** The record that the text ended with, if it was not ended by a line break. @throws BrokenObject truncated. */
  end(): CsvRecord[] {
    if (this.#place === 'quoted') throw this.#broken('truncated');
    const records: CsvRecord[] = [];
    if (this.#fields.length > 0 || this.#place !== 'before') this.#endRecord(records);
    return records;
  }

  #inQuotes(chunk: string, at: number): number {
    const quote = chunk.indexOf('"', at);
    this.#field += chunk.slice(at, quote < 0 ? undefined : quote);
    if (quote < 0) return chunk.length;
    this.#place = 'closed';
    return quote + 1;
  }

  #outside(chunk: string, at: number, records: CsvRecord[]): number {
    const character = chunk[at] ?? '';
    if (character === '"') this.#quote();
    else if (character === '\n') this.#endRecord(records);
    else if (this.#place === 'ending') throw this.#broken('csv-quote');
    else if (character === ',') this.#endField();
    else if (this.#place === 'closed') this.#afterQuote(character);
    else return this.#plain(chunk, at);
    return at + 1;
  }

  /** Opens a quoted field, or is the second of two that stand for one. */
  #quote(): void {
    if (this.#place === 'closed') this.#field += '"';
    else if (this.#place !== 'before') throw this.#broken('csv-quote');
    this.#place = 'quoted';
  }

  #afterQuote(character: string): void {
    if (character !== '\r') throw this.#broken('csv-quote');
    this.#place = 'ending';
  }

  #plain(chunk: string, at: number): number {
    PLAIN_END.lastIndex = at;
    const end = PLAIN_END.exec(chunk)?.index ?? chunk.length;
    this.#field += chunk.slice(at, end);
    this.#place = 'plain';
    return end;
  }

  #endField(): void {
    this.#fields.push(this.#place === 'before' ? null : this.#field);
    this.#field = '';
    this.#place = 'before';
  }

  #endRecord(records: CsvRecord[]): void {
    if (this.#place === 'plain') this.#dropCarriageReturn();
    const isEmpty = this.#place === 'before' && this.#fields.length === 0;
    if (!isEmpty) {
      this.#endField();
      records.push(this.#fields);
      this.#number += 1;
    }
    this.#fields = [];
    this.#length = 0;
    this.#place = 'before';
  }

  /** Of CRLF; a CR elsewhere in a field is a part of it. */
  #dropCarriageReturn(): void {
    if (!this.#field.endsWith('\r')) return;
    this.#field = this.#field.slice(0, -1);
    if (this.#field === '') this.#place = 'before';
  }

  #broken(problem: 'csv-quote' | 'row-too-long' | 'truncated'): BrokenObject {
    return new BrokenObject(problem, this.#number === 0 ? undefined : this.#number);
  }
}

const PLAIN_END = /[",\n]/g;

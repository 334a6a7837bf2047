import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConvertedPart, type CsvPart, convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { Contract } from '#shared/pipeline/contract.ts';

/** A scratch folder with an engine on it. */
export interface ParquetFolder {
  readonly engine: ParquetEngine;
  path(name: string): string;
  /** Writes `text` as one part and converts it to `<name>.parquet` and `<name>.rejects.parquet`. */
  convert(
    name: string,
    contract: Contract,
    text: string | Buffer,
    options?: Partial<CsvPart>,
  ): Promise<ConvertedPart>;
  remove(): Promise<void>;
}

/** Makes one; remove it after the tests. */
export async function parquetFolder(): Promise<ParquetFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  const engine = await openParquetEngine({ workDir: join(folder, 'work') });
  const path = (name: string): string => join(folder, name);
  return {
    engine,
    path,
    async convert(name, contract, text, options) {
      await writeFile(path(`${name}.csv`), text);
      return convertCsvPart(engine, {
        csvPath: path(`${name}.csv`),
        contract,
        version: { kind: 'ordinal', suffix: '0f' },
        slice: '',
        outPath: path(`${name}.parquet`),
        rejectsPath: path(`${name}.rejects.parquet`),
        expectedRows: linesIn(text),
        ...options,
      });
    },
    async remove() {
      engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Rows of a text whose values hold no line ends; tests with others pass `expectedRows`. */
function linesIn(text: string | Buffer): number {
  return (typeof text === 'string' ? text : text.toString('latin1')).split('\n').length - 1;
}

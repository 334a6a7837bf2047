import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { ObjectOutcome } from '#shared/ledger/objects.ts';
import { convertRowBatch, type WrittenBatch } from '#shared/parquet/convert-row-batch.ts';
import type { FoundObject } from '#shared/sources/objects/found-object.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { storeLandingFile } from '../store-landing-file.ts';
import { tellWriter } from '../tell-writer.ts';
import { versionSuffix } from '../version-suffix.ts';
import type { ObjectsAttempt } from './objects-attempt.ts';
import { modifiedMicros, readObjects, type SpooledObject } from './read-objects.ts';

/** What landed: files for the ledger, and counts. */
export interface LandedObjects {
  readonly files: readonly NewFile[];
  readonly rows: number;
  readonly rejectedRows: number;
  readonly bytes: number;
  /** Of every object, the broken ones too. */
  readonly outcomes: readonly ObjectOutcome[];
}

/**
 * Reads objects and converts their rows to landing files of about the stream's target size, several objects to a file. No more
 * text than that of one file is held.
 */
export async function landObjects(
  deps: ExtractorDeps,
  attempt: ObjectsAttempt,
  windowId: string,
  objects: readonly FoundObject[],
): Promise<LandedObjects> {
  const { task, stream, workDir } = attempt;
  await mkdir(workDir, { recursive: true });
  const landing = new LandingParts(deps, attempt, windowId);
  const outcomes: ObjectOutcome[] = [];
  let group: SpooledObject[] = [];
  try {
    for await (const { outcome, spooled } of readObjects(deps, attempt, objects)) {
      outcomes.push(outcome);
      if (spooled !== undefined) group.push(spooled);
      if (bytesOf(group) < stream.targetFileBytes) continue;
      await landing.land(group);
      group = [];
    }
    if (group.length > 0) await landing.land(group);
  } finally {
    await discardAll(group);
  }
  await deps.dropped.write(task);
  return { ...landing.total(), outcomes };
}

const bytesOf = (group: readonly SpooledObject[]): number =>
  group.reduce((total, { spool }) => total + spool.bytes, 0);

const discardAll = async (group: readonly SpooledObject[]): Promise<void> =>
  void (await Promise.all(group.map(({ spool }) => spool.discard())));

/** Files of one window, part by part. */
class LandingParts {
  readonly #deps: ExtractorDeps;
  readonly #attempt: ObjectsAttempt;
  readonly #windowId: string;
  readonly #files: NewFile[] = [];
  readonly #counts = { rows: 0, rejectedRows: 0, bytes: 0 };
  #parts = 0;

  constructor(deps: ExtractorDeps, attempt: ObjectsAttempt, windowId: string) {
    this.#deps = deps;
    this.#attempt = attempt;
    this.#windowId = windowId;
  }

  /** Lands one group as a part, and discards its text. */
  async land(group: readonly SpooledObject[]): Promise<void> {
    const { task } = this.#attempt;
    const part = this.#parts;
    this.#parts += 1;
    const converted = await convert(this.#deps, this.#attempt, this.#windowId, group, part);
    const landed = await storePart(this.#deps, this.#attempt, this.#windowId, part, converted);
    await discardAll(group);
    this.#files.push(...landed);
    const { rows, rejectedRows } = converted;
    const bytes = landed.reduce((total, file) => total + file.bytes, 0);
    this.#counts.rows += rows;
    this.#counts.rejectedRows += rejectedRows;
    this.#counts.bytes += bytes;
    const { metrics, probe } = this.#deps;
    const labels = { pipeline: task.pipeline, stream: task.stream };
    metrics.rows.inc({ step: 'extract', ...labels }, rows);
    metrics.bytes.inc({ step: 'extract', ...labels }, bytes);
    metrics.rejectedRows.inc(labels, rejectedRows);
    tellWriter(this.#deps, task, converted);
    await probe.reached('extract.file-written', task.stream);
  }

  total(): Omit<LandedObjects, 'outcomes'> {
    return { files: this.#files, ...this.#counts };
  }
}

/** Of two copies of a row, that of the object modified later is newer. */
function convert(
  deps: ExtractorDeps,
  { stream, workDir, signal }: ObjectsAttempt,
  windowId: string,
  group: readonly SpooledObject[],
  part: number,
): Promise<WrittenBatch> {
  return convertRowBatch(deps.engine, {
    contract: stream.contract,
    versionKind: 'ordinal',
    csvPath: join(workDir, `part-${part}.csv`),
    outPath: join(workDir, `part-${part}.parquet`),
    rejectsPath: join(workDir, `part-${part}.rejects.parquet`),
    slices: group.map(({ object, spool }) => ({
      slice: '',
      versionSuffix: versionSuffix(modifiedMicros(object), windowId),
      spool,
    })),
    signal,
  });
}

async function storePart(
  deps: ExtractorDeps,
  { run, task, stream }: ObjectsAttempt,
  windowId: string,
  part: number,
  converted: WrittenBatch,
): Promise<NewFile[]> {
  const of = { run, task, contract: stream.contract, batch: `b${windowId}`, part };
  const good = converted.rows === 0 ? [] : [await storeLandingFile(deps, of, 'parquet', converted)];
  if (converted.rejectsFile === undefined) return good;
  const stored = await storeLandingFile(deps, of, 'rejects.parquet', converted.rejectsFile);
  const rejects = converted.rejects.map(({ ordinal, column, code }) => ({
    ...{ ordinal, column, code, contractVersion: stream.contract.version },
  }));
  return [...good, { ...stored, isRejects: true, rejects }];
}

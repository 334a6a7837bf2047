import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopyChunk } from './copy-out.ts';
import { type CsvPart, PartFile } from './part-file.ts';

export interface SplitOptions {
  /** A part is closed at the first row end at or past this size; it exceeds it by at most a chunk and a row. */
  readonly targetBytes: number;
  /** Private to this read; made if missing. Parts are named `part-<index>.csv`. */
  readonly workDir: string;
}

/** What is cut: a {@link CopyOut}, or anything that yields such chunks. */
export type ChunkSource = AsyncIterable<CopyChunk> & { destroy?(): unknown };

/**
 * Cuts COPY's bytes into files at row ends. While the consumer works on one part the next is written, and a third is
 * not begun before the first is done: at most two are on disk, and memory stays near one write.
 *
 * @throws what the source throws, or the file system's errors. Parts are removed in every case.
 */
export async function* splitCsvParts(
  source: ChunkSource,
  options: SplitOptions,
): AsyncGenerator<CsvPart, void, undefined> {
  await mkdir(options.workDir, { recursive: true });
  const writing = writeParts(source, options);
  let ahead = writing.next();
  let present: CsvPart | undefined;
  try {
    for (let next = await ahead; next.done !== true; next = await ahead) {
      present = next.value;
      ahead = writing.next();
      // Its failure is met at the next turn; until then it must not count as unhandled.
      ahead.catch(() => {});
      yield present;
      await rm(present.path, { force: true });
      present = undefined;
    }
  } finally {
    source.destroy?.();
    if (present !== undefined) await rm(present.path, { force: true });
    const unused = await ahead.catch(() => undefined);
    if (unused?.value !== undefined) await rm(unused.value.path, { force: true });
    await writing.return();
  }
}

async function* writeParts(source: ChunkSource, options: SplitOptions): AsyncGenerator<CsvPart, void> {
  let index = 0;
  let file: PartFile | undefined;
  const opened = async (): Promise<PartFile> => {
    file ??= await PartFile.create(join(options.workDir, `part-${index}.csv`), index);
    return file;
  };
  try {
    for await (const { bytes, rowEnd, rows } of source) {
      const present = await opened();
      if (rowEnd === 0 || present.bytes + rowEnd < options.targetBytes) {
        await present.append(bytes, rows);
        continue;
      }
      await present.append(bytes.subarray(0, rowEnd), rows);
      const part = await present.close();
      file = undefined;
      index += 1;
      yield part;
      if (rowEnd < bytes.length) await (await opened()).append(bytes.subarray(rowEnd), 0);
    }
    const last = await file?.close();
    file = undefined;
    if (last !== undefined) yield last;
  } finally {
    await file?.discard();
  }
}

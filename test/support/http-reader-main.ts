import { createHash } from 'node:crypto';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { parsedRows } from '#shared/sources/http/raw-pieces.ts';
import { FullBuckets, MemoryChoices, snapshotStream, sourceDeclaration } from './http-source-parts.ts';

/*
 * Reads one snapshot in a process of its own, so that its memory can be told from the server's. Arguments: URL of the shard,
 * most bytes of a body. Says how it went, as JSON.
 */

/** Its output. */
export interface ReaderReport {
  readonly rows: number;
  /** Of what the rows say, in their order: SHA-256 of each one's JSON. */
  readonly digest: string;
  readonly textBytes: number;
  readonly peakMb: number;
  readonly error: string | null;
}

const [, , url = '', maxBodyBytes = '0'] = process.argv;
const source = openHttpSource({
  source: sourceDeclaration({
    maxBodyBytes: Number(maxBodyBytes),
    requestTimeoutMs: 60_000,
    sliceTimeoutMs: 120_000,
    attempts: 1,
  }),
  name: 'fleet',
  urls: { s1: url },
  buckets: new FullBuckets(),
  choices: new MemoryChoices(),
  observe: { callEnded: () => undefined, breakerChanged: () => undefined, rateWaited: () => undefined },
});
const signal = new AbortController().signal;
const options = { stream: snapshotStream, streamName: 'device_states', shard: 's1', slice: 'c-1', signal };
const read = source.readSnapshot(options);
const hash = createHash('sha256');
let rows = 0;
let error: string | null = null;
try {
  for await (const batch of read) {
    rows += batch.rows.length;
    for (const { value } of parsedRows(batch.rows)) hash.update(JSON.stringify(value));
  }
} catch (caught) {
  error = (caught as { code?: string }).code ?? String(caught);
}
await source.close();
const peakMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({ rows, digest: hash.digest('hex'), textBytes: read.stats().bytes, peakMb, error }),
);

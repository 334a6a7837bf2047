import type { Queryable } from './queryable.ts';

/** Which slice of which stream a choice is about. */
export interface ChoiceKey {
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
}

/** The way a slice is asked: `fine` while a missing coarse endpoint is remembered, else `coarse`. */
export async function chosenWay(ledger: Queryable, of: ChoiceKey): Promise<'coarse' | 'fine'> {
  const [row] = await ledger.rows<{ way: 'coarse' | 'fine' }>(
    `SELECT way FROM ops.source_choices
     WHERE pipeline = $1 AND stream = $2 AND slice = $3 AND until > clock_timestamp()`,
    [of.pipeline, of.stream, of.slice],
  );
  return row?.way ?? 'coarse';
}

/** Remembers that a slice has no coarse endpoint, for so long. */
export async function rememberWay(
  ledger: Queryable,
  of: ChoiceKey,
  way: 'coarse' | 'fine',
  forMs: number,
): Promise<void> {
  await ledger.rows(
    `INSERT INTO ops.source_choices (pipeline, stream, slice, way, until)
     VALUES ($1, $2, $3, $4, clock_timestamp() + $5::bigint * interval '1 millisecond')
     ON CONFLICT (pipeline, stream, slice) DO UPDATE SET way = excluded.way, until = excluded.until, chosen_at = clock_timestamp()`,
    [of.pipeline, of.stream, of.slice, way, Math.ceil(forMs)],
  );
}

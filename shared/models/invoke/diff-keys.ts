import type { Adapter, AdapterConnection, ResultValue } from '../adapter/adapter.ts';

/** Two relations with columns in common. */
export interface Comparing {
  readonly connection: AdapterConnection;
  readonly adapter: Adapter;
  readonly candidate: string;
  readonly published: string;
  /** Those both sides have. */
  readonly columns: readonly string[];
}

/** How two relations differ by a key. Counts only: no value of a row. */
export interface KeyDiff {
  /** Rows whose key the other side has not; a key with a NULL in it is on no other side. */
  readonly added: bigint;
  readonly removed: bigint;
  /** Keys on both sides whose rows differ, and in which columns. */
  readonly changed: bigint;
  readonly byColumn: Readonly<Record<string, bigint>>;
  /** Keys that come more than once. Where there are any, the rest is 0: their rows cannot be told apart. */
  readonly repeated: { readonly published: bigint; readonly candidate: bigint };
}

const NOTHING = { added: 0n, removed: 0n, changed: 0n, byColumn: {} } as const;

/**
 * Compares by a key, all of it on the server: a hash join of the two, no row comes here.
 *
 * @returns undefined without a key, or when it is none of the common columns.
 */
export async function keyDiff(comparing: Comparing, key: readonly string[]): Promise<KeyDiff | undefined> {
  const { connection, candidate, published, columns } = comparing;
  if (key.length === 0 || !key.every((name) => columns.includes(name))) return undefined;
  const repeated = {
    published: await repeatedKeys(comparing, published, key),
    candidate: await repeatedKeys(comparing, candidate, key),
  };
  if (repeated.published > 0n || repeated.candidate > 0n) return { ...NOTHING, repeated };
  const others = columns.filter((name) => !key.includes(name));
  const { rows } = await connection.execute(joined(comparing, key, others, { candidate, published }));
  const [added = 0n, removed = 0n, changed = 0n, ...counts] = (rows[0] ?? []).map(wholeNumber);
  const byColumn = others.map((name, index): [string, bigint] => [name, counts[index] ?? 0n]);
  return {
    ...{ added, removed, changed, repeated },
    byColumn: Object.fromEntries(byColumn.filter(([, times]) => times > 0n)),
  };
}

function joined(
  { adapter }: Comparing,
  key: readonly string[],
  others: readonly string[],
  { candidate, published }: { readonly candidate: string; readonly published: string },
): string {
  const text = (side: string, name: string): string => asText(`${side}.${adapter.quote(name)}`);
  const differs = (name: string): string => `${text('c', name)} is distinct from ${text('p', name)}`;
  const both = 'c.penstock_here is not null and p.penstock_here is not null';
  const sides = (relation: string): string => `(select true as penstock_here, * from ${relation})`;
  const on = key.map((name) => `${text('c', name)} = ${text('p', name)}`).join(' and ');
  const counts = [
    'p.penstock_here is null',
    'c.penstock_here is null',
    `${both} and (${others.map(differs).join(' or ') || 'false'})`,
    ...others.map((name) => `${both} and ${differs(name)}`),
  ];
  const selected = counts.map((condition) => `count(*) filter (where ${condition})`).join(', ');
  return `select ${selected} from ${sides(candidate)} as c full join ${sides(published)} as p on ${on}`;
}

async function repeatedKeys(
  { connection, adapter }: Comparing,
  relation: string,
  key: readonly string[],
): Promise<bigint> {
  const list = key.map((name) => adapter.quote(name)).join(', ');
  const present = key.map((name) => `${adapter.quote(name)} is not null`).join(' and ');
  const { rows } = await connection.execute(
    `select count(*) from (select 1 from ${relation} where ${present} group by ${list} having count(*) > 1) as repeated`,
  );
  return wholeNumber(rows[0]?.[0] ?? null);
}

/** Text is what both sides can be compared by when a type changed, or has no equality (json). */
export const asText = (sql: string): string => `cast(${sql} as text)`;

/** A count as the server gave it. */
export const wholeNumber = (value: ResultValue): bigint =>
  typeof value === 'bigint' ? value : BigInt(String(value ?? 0));

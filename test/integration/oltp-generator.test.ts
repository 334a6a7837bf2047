import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_FILL } from '#dev/oltp/default-fill.ts';
import { createOltpSchema, fillOltp } from '#dev/oltp/fill.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = '2026-03-31';
let database: { url: string; drop(): Promise<void> };

beforeAll(async () => {
  database = await testDatabase();
  await createOltpSchema(database.url);
  await fillOltp(database.url, { ...DEFAULT_FILL, today: TODAY });
});
afterAll(() => database.drop());

/** A share per named condition, over a table of the default size. */
async function shares(table: string, conditions: Record<string, string>): Promise<Record<string, number>> {
  const columns = Object.entries(conditions).map(
    ([name, condition]) => `(count(*) filter (where ${condition}))::float8 / count(*) as "${name}"`,
  );
  return withClient(database.url, async (client) => {
    const { rows } = await client.query<Record<string, number>>(`select ${columns.join(', ')} from ${table}`);
    return rows[0] ?? {};
  });
}

/** A tenth of the rows, in equal parts of so many kinds; a part may be up to a third off. */
function expectEqualParts(found: Record<string, number>, kinds: number): void {
  const part = 0.1 / kinds;
  for (const [kind, share] of Object.entries(found)) {
    expect(share, kind).toBeGreaterThan(part * 0.66);
    expect(share, kind).toBeLessThan(part * 1.34);
  }
}

test('companies: each kind of awkwardness is there', async () => {
  const found = await shares('oltp.cnpj_ws', {
    punctuated: "cnpj like '%/%'",
    'upper-case city': 'city = upper(city) and uf = lower(uf)',
    'decomposed or lower-case city': "city like ' %'",
    'unknown state': "uf = 'XX'",
    'no place': 'city is null',
    'no capital': 'share_capital = 0',
    'huge capital': 'share_capital > 1e12',
    'no activity': 'main_cnae is null',
    'no opening date': 'opening_date is null',
    'no contact': 'email is null and phone is null and partner_names is null',
    'quotes, emoji and line ends': "legal_name like E'%\\n%'",
    'opened long ago': "opening_date < '1900-01-01'",
  });
  expectEqualParts(found, 13);
});

test('instalments: each kind of awkwardness is there', async () => {
  const copies =
    'row_number() over (partition by invoice_id, installment_number, seller_cnpj order by id) as copy';
  const found = await shares(`(select *, ${copies} from oltp.installments) as numbered`, {
    punctuated: "buyer_cnpj like '%/%'",
    'paid before issued': 'paid_date < invoice_issue_date',
    'post-dated': `invoice_issue_date > date '${TODAY}'`,
    zero: 'amount = 0',
    huge: 'amount > 1e12',
    'no amount': 'amount is null',
    'no dates': 'due_date is null',
    'no parties': 'buyer_cnpj is null',
    'paid short': 'paid_amount < amount and amount < 1e12',
    repeats: 'invoice_id is not null and copy > 1',
  });
  expectEqualParts(found, 11);
});

test('check digits are broken for some buyers and companies, and buyers are few with much', async () => {
  const row = await withClient(database.url, async (client) => {
    const { rows } = await client.query<{ strangers: number; top: number }>(
      `select (count(*) filter (where c.cnpj is null and i.buyer_cnpj not like '%/%'))::float8 / count(*) as strangers,
         (select sum(n)::float8 / ${DEFAULT_FILL.installments} from (
            select count(*) as n from oltp.installments group by buyer_cnpj order by 1 desc limit 2000) t) as top
       from oltp.installments i left join oltp.cnpj_ws c on c.cnpj = i.buyer_cnpj`,
    );
    return rows[0];
  });
  // A part each of eleven and of twice thirteen (broken or punctuated in the registry), and some NULLs.
  expect(row?.strangers).toBeGreaterThan(0.02);
  expect(row?.strangers).toBeLessThan(0.05);
  expect(row?.top).toBeGreaterThan(0.4);
});

test.each(['cnpj_ws', 'installments'])(
  'every column of %s that may be NULL is NULL somewhere',
  async (table) => {
    const nullable = await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select column_name as name from information_schema.columns
       where table_schema = 'oltp' and table_name = $1 and is_nullable = 'YES'`,
        [table],
      );
      return rows.map(({ name }) => name);
    });
    expect(nullable.length).toBeGreaterThan(5);
    const found = await shares(
      `oltp.${table}`,
      Object.fromEntries(nullable.map((name) => [name, `${name} is null`])),
    );
    expect(Object.entries(found).filter(([, share]) => share === 0)).toEqual([]);
  },
);

test('one seed gives the same rows twice, another seed gives others', async () => {
  const small = { companies: 500, installments: 2_000, today: TODAY };
  const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => fingerprint({ ...small, seed })));
  expect(again).toEqual(first);
  expect(other?.['cnpj_ws']).not.toBe(first?.['cnpj_ws']);
  expect(other?.['installments']).not.toBe(first?.['installments']);
});

test('refuses to fill twice, and leaves what is there', async () => {
  await expect(fillOltp(database.url, { ...DEFAULT_FILL, today: TODAY })).rejects.toMatchObject({
    code: '23505',
  });
  expect(
    await shares('oltp.cnpj_ws', { all: `(select count(*) from oltp.cnpj_ws) = ${DEFAULT_FILL.companies}` }),
  ).toEqual({
    all: 1,
  });
});

test('the command fills a database, says so, and says what is wrong', async () => {
  const own = await testDatabase();
  try {
    const sizes = ['--companies', '30', '--installments', '90', '--seed', '7', '--today', TODAY];
    const filled = await command(['--url', own.url, ...sizes]);
    expect(filled).toMatchObject({ code: 0, err: '' });
    expect(filled.out).toMatch(/^30 companies, 90 instalments in \d+\.\d s\n$/);
    const again = await command(['--url', own.url, ...sizes]);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('hold rows already') });
    expect(await command(['--sead', '1'])).toMatchObject({ code: 2, err: expect.stringContaining('--sead') });
    expect(await command(['--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('--seed'),
    });
  } finally {
    await own.drop();
  }
});

const MAIN = new URL('../../dev/oltp/main.ts', import.meta.url).pathname;

function command(
  args: readonly string[],
): Promise<{ code: number | string | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const done = (error: { code?: number | string | null } | null, out: string, err: string): void =>
      resolve({ code: error?.code ?? 0, out, err });
    execFile(process.execPath, [MAIN, ...args], { env: { NODE_NO_WARNINGS: '1' } }, done);
  });
}

async function fingerprint(options: Parameters<typeof fillOltp>[1]): Promise<Record<string, string>> {
  const own = await testDatabase();
  try {
    await createOltpSchema(own.url);
    await fillOltp(own.url, options);
    return await withClient(own.url, async (client) => {
      const { rows } = await client.query<Record<string, string>>(
        `select (select md5(string_agg(c::text, ',' order by cnpj)) from oltp.cnpj_ws c) as cnpj_ws,
           (select md5(string_agg(i::text, ',' order by id)) from oltp.installments i) as installments`,
      );
      return rows[0] ?? {};
    });
  } finally {
    await own.drop();
  }
}

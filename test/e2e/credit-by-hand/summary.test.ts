import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProject } from '#shared/models/open-project.ts';
import { type CreditByHand, runCreditByHand } from '#test/support/credit-by-hand.ts';
import { textTable } from '#test/support/text-table.ts';

const AS_OF = '2026-03-31';

// 00000000000192 has a wrong check digit; 60701190000104 is not active; 60746948000112 is not in the registry.
const COMPANIES = textTable(`
  cnpj           | legal_name | uf | city   | company_size | registration_status | created_at
  00000000000191 | Mixed      | DF | Natal  | DEMAIS       | ATIVA               | 2020-01-02T12:00:00Z
  00000000000192 | Worst      | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  02558157000162 | Perfect    | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  07526557000100 | New        | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  11222333000181 | At 800     | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  33000167000101 | At 799     | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  33592510000154 | At 600     | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  47960950000121 | At 599     | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z
  60701190000104 | At 399     | SP | Santos | ME           | INAPTA              | 2020-01-02T12:00:00Z
  45543915000181 | Not due    | SP | Santos | ME           | ATIVA               | 2020-01-02T12:00:00Z`);

const HEAD =
  'id | invoice_id | installment_number | buyer_cnpj | seller_cnpj | invoice_issue_date | due_date | paid_date | amount | paid_amount';

/** Instalments of 100.00 from one seller, due on 1 January, each paid so many days after it. */
function paidAfter(buyer: string, firstId: number, delays: readonly number[]): string {
  const day = (delay: number) =>
    new Date(Date.UTC(2026, 0, 1) + delay * 86_400_000).toISOString().slice(0, 10);
  return delays
    .map((delay, at) => {
      const id = firstId + at;
      return `${id} | N-${id} | 1 | ${buyer} | 11222333000181 | 2025-12-01 | 2026-01-01 | ${day(delay)} | 100.00 | 100.00`;
    })
    .join('\n');
}

const INSTALLMENTS = textTable(`
  ${HEAD}
  201 | X  | 1 | 00000000000191     | 11222333000181 | 2026-01-01 | 2026-02-10 | 2026-02-05 | 100.00 | 100.00
  202 | X  | 2 | 00.000.000/0001-91 | 11222333000181 | 2026-01-01 | 2026-03-01 | 2026-03-16 | 200.00 | 200.00
  203 | X  | 1 | 00000000000191     | 33000167000101 | 2026-01-01 | 2026-03-01 | -          | 300.00 | -
  204 | Y  | 1 | 00000000000191     | 33000167000101 | 2026-01-01 | 2026-03-31 | -          | 400.00 | -
  211 | Z  | 1 | 00000000000192     | 11222333000181 | 2025-10-01 | 2025-12-01 | -          | 100.00 | -
  221 | X  | 3 | 02558157000162     | 11222333000181 | 2026-01-01 | 2026-02-10 | 2026-02-10 | 100.00 | 100.00
  222 | X  | 1 | 02558157000162     | -              | 2026-01-01 | 2026-02-10 | 2026-02-01 | 300.00 | -
  223 | X  | 2 | 02558157000162     | 33000167000101 | 2026-02-01 | 2026-02-10 | 2026-01-05 | 100.00 | 60.00
  231 | N1 | 1 | 07526557000100     | 11222333000181 | 2026-03-01 | 2026-04-10 | -          | 100.00 | -
  232 | N1 | 1 | 07526557000100     | 11222333000181 | 2026-03-01 | 2026-02-10 | -          | 100.00 | -
  233 | N2 | 1 | 07526557000100     | 11222333000181 | 2026-04-01 | 2026-02-10 | -          | 100.00 | -
  234 | N3 | 1 | 07526557000100     | 11222333000181 | 2026-01-01 | 2026-02-10 | -          | 0.00   | -
  235 | N4 | 1 | 07526557000100     | 11222333000181 | 2026-01-01 | 2026-02-10 | -          | -      | -
  236 | N5 | 1 | 07526557000100     | 11222333000181 | 2026-01-01 | 2026-02-10 | -          | 1000000000000.00 | -
  237 | N6 | 1 | 07526557000100     | 11222333000181 | 2026-01-01 | 2026-02-10 | -          | -10.00 | -
  238 | N7 | 1 | -                  | 11222333000181 | 2026-01-01 | 2026-02-10 | -          | 100.00 | -
  239 | N8 | 1 | 45543915000181     | 11222333000181 | 2026-04-01 | 2026-05-10 | -          | 100.00 | -
  ${paidAfter('11222333000181', 300, [0, -3, 0, 72])}
  ${paidAfter('33000167000101', 310, [0, 0, 0, 73])}
  ${paidAfter('33592510000154', 320, [0, 24, 24, 24])}
  ${paidAfter('47960950000121', 330, [0, 24, 24, 25])}
  ${paidAfter('60746948000112', 340, [18])}
  ${paidAfter('60701190000104', 350, [18, 18, 18, 19])}`);

const SUMMARY = { schema: 'credit_gold', name: 'company_payment_summary' };
let credit: CreditByHand;

beforeAll(async () => {
  credit = await runCreditByHand({ asOf: AS_OF, companies: COMPANIES, installments: INSTALLMENTS });
});
afterAll(() => credit?.stop());

/**
 * Mixed: 100 + 200 + 300 + 400 = 1000 over three invoices (invoice X of two sellers is two) of two sellers; paid
 * 100 + 200; open 400 (due today), overdue 300.
 * Worst: one instalment, overdue.
 * Perfect: 100 + 300 + 100 = 500; paid 100, 300 (no amount recorded: the whole) and 60, 40 short; a seller is unknown.
 * New: 231 only. 232 repeats it, 233 is issued tomorrow, 234 to 237 have amounts nobody owes, 238 has no debtor.
 * The debtor of 239 has nothing that counts, so no row.
 */
test('volumes', async () => {
  const expected = textTable(`
    cnpj           | as_of      | legal_name | uf | city   | company_size | installment_count | invoice_count | seller_count | total_amount | paid_amount | shortfall_amount | paid_count | open_count | overdue_count
    00000000000191 | 2026-03-31 | Mixed      | DF | NATAL  | DEMAIS       | 4                 | 3             | 2            | 1000.00      | 300.00      | 0.00             | 2          | 1          | 1
    00000000000192 | 2026-03-31 | Worst      | SP | SANTOS | ME           | 1                 | 1             | 1            | 100.00       | 0.00        | 0.00             | 0          | 0          | 1
    02558157000162 | 2026-03-31 | Perfect    | SP | SANTOS | ME           | 3                 | 3             | 2            | 500.00       | 460.00      | 40.00            | 3          | 0          | 0
    07526557000100 | 2026-03-31 | New        | SP | SANTOS | ME           | 1                 | 1             | 1            | 100.00       | 0.00        | 0.00             | 0          | 1          | 0
    11222333000181 | 2026-03-31 | At 800     | SP | SANTOS | ME           | 4                 | 4             | 1            | 400.00       | 400.00      | 0.00             | 4          | 0          | 0
    33000167000101 | 2026-03-31 | At 799     | SP | SANTOS | ME           | 4                 | 4             | 1            | 400.00       | 400.00      | 0.00             | 4          | 0          | 0
    33592510000154 | 2026-03-31 | At 600     | SP | SANTOS | ME           | 4                 | 4             | 1            | 400.00       | 400.00      | 0.00             | 4          | 0          | 0
    47960950000121 | 2026-03-31 | At 599     | SP | SANTOS | ME           | 4                 | 4             | 1            | 400.00       | 400.00      | 0.00             | 4          | 0          | 0
    60701190000104 | 2026-03-31 | At 399     | SP | SANTOS | ME           | 4                 | 4             | 1            | 400.00       | 400.00      | 0.00             | 4          | 0          | 0
    60746948000112 | 2026-03-31 | -          | -  | -      | -            | 1                 | 1             | 1            | 100.00       | 100.00      | 0.00             | 1          | 0          | 0`);
  expect(await credit.rows(SUMMARY, expected)).toEqual(expected);
});

/**
 * Mixed: of three paid or overdue one in time, 1/3; delays 0, 15 and 30 (1 to 31 March), mean 15; exposure 300 + 400,
 * seller of 203 and 204 has 700 of 1000.
 * Worst: 30 + 31 + 28 + 31 = 120 days since 1 December.
 * Perfect: 223 was paid before it was issued and tells nothing, so 2 of 2; the unknown seller has 300 of 500.
 * New: no history. The others: (−3 counts as 0) + 72 = 72/4 = 18; 73/4 = 18.25; 3·24/4 = 18; (2·24+25)/4 = 18.25;
 * 18; (3·18+19)/4 = 18.25.
 */
test('punctuality, exposure and concentration', async () => {
  const expected = textTable(`
    cnpj           | on_time_share | average_days_late | worst_days_late | exposure | overdue_balance | largest_seller_share | is_registered | is_in_good_standing
    00000000000191 | 0.3333        | 15.00             | 30              | 700.00   | 300.00          | 0.7000               | true          | true
    00000000000192 | 0.0000        | 120.00            | 120             | 100.00   | 100.00          | 1.0000               | true          | false
    02558157000162 | 1.0000        | 0.00              | 0               | 0.00     | 0.00            | 0.6000               | true          | true
    07526557000100 | -             | -                 | 0               | 100.00   | 0.00            | 1.0000               | true          | true
    11222333000181 | 0.7500        | 18.00             | 72              | 0.00     | 0.00            | 1.0000               | true          | true
    33000167000101 | 0.7500        | 18.25             | 73              | 0.00     | 0.00            | 1.0000               | true          | true
    33592510000154 | 0.2500        | 18.00             | 24              | 0.00     | 0.00            | 1.0000               | true          | true
    47960950000121 | 0.2500        | 18.25             | 25              | 0.00     | 0.00            | 1.0000               | true          | true
    60701190000104 | 0.0000        | 18.25             | 19              | 0.00     | 0.00            | 1.0000               | true          | false
    60746948000112 | 0.0000        | 18.00             | 18              | 0.00     | 0.00            | 1.0000               | false         | false`);
  expect(await credit.rows(SUMMARY, expected)).toEqual(expected);
});

/**
 * on time 400·share, delay 250·(1 − min(days, 90)/90), overdue 200·(1 − overdue/exposure), diversification
 * 50·(1 − largest share), registry 100, each rounded.
 * Mixed: 133.32 → 133; 250·75/90 = 208.33 → 208; 300/700 = 0.4286, 114.28 → 114; 50·0.3 = 15; 100: 570.
 * Worst: nothing of anything. Perfect: 400 + 250 + 200 + 50·0.4 = 20 + 100 = 970.
 * New: the middle of both, 200 + 125, and 200 + 0 + 100 = 625, but band N.
 * 18 days: 250·72/90 = 200; 18.25 days: 250·71.75/90 = 199.31 → 199. So 300 + 200 + 200 + 0 + 100 = 800 and one less,
 * 100 + … = 600 and one less, 0 + 200 + 200 + 0 + 0 = 400 and one less.
 */
test('score, band at each boundary, and the words for it', async () => {
  const expected = textTable(`
    cnpj           | score_on_time | score_delay | score_overdue | score_diversification | score_registry | risk_score | risk_band
    00000000000191 | 133           | 208         | 114           | 15                    | 100            | 570        | C
    00000000000192 | 0             | 0           | 0             | 0                     | 0              | 0          | D
    02558157000162 | 400           | 250         | 200           | 20                    | 100            | 970        | A
    07526557000100 | 200           | 125         | 200           | 0                     | 100            | 625        | N
    11222333000181 | 300           | 200         | 200           | 0                     | 100            | 800        | A
    33000167000101 | 300           | 199         | 200           | 0                     | 100            | 799        | B
    33592510000154 | 100           | 200         | 200           | 0                     | 100            | 600        | B
    47960950000121 | 100           | 199         | 200           | 0                     | 100            | 599        | C
    60701190000104 | 0             | 199         | 200           | 0                     | 0              | 399        | D
    60746948000112 | 0             | 200         | 200           | 0                     | 0              | 400        | C`);
  expect(await credit.rows(SUMMARY, expected)).toEqual(expected);
  const words = textTable(`
    cnpj           | risk_explanation
    00000000000191 | on time 33% (133 of 400), average delay 15.00 days (208 of 250), overdue 43% of exposure (114 of 200), largest seller 70% (15 of 50), registry active (100 of 100)
    00000000000192 | on time 0% (0 of 400), average delay 120.00 days (0 of 250), overdue 100% of exposure (0 of 200), largest seller 100% (0 of 50), registry not in order (0 of 100)
    02558157000162 | on time 100% (400 of 400), average delay 0.00 days (250 of 250), nothing outstanding (200 of 200), largest seller 60% (20 of 50), registry active (100 of 100)
    07526557000100 | on time unknown (200 of 400), average delay unknown (125 of 250), overdue 0% of exposure (200 of 200), largest seller 100% (0 of 50), registry active (100 of 100)
    60746948000112 | on time 0% (0 of 400), average delay 18.00 days (200 of 250), nothing outstanding (200 of 200), largest seller 100% (0 of 50), registry unknown (0 of 100)`);
  const rows = await credit.rows(SUMMARY, words);
  expect(rows.filter(({ cnpj }) => words.some((row) => row['cnpj'] === cnpj))).toEqual(words);
});

test('every column of every model is documented, and nothing else is', async () => {
  const target = { name: 'test', schema: 'credit', database: 'test', type: 'postgres', threads: 1 };
  const { graph } = await openProject(new URL('../../../pipelines/credit', import.meta.url).pathname, {
    target,
  });
  const documented = [...graph.models.values()].flatMap(({ relation, columns }) =>
    columns
      .filter(({ description }) => description !== '')
      .map(({ name }) => `${relation.schema}.${relation.name}.${name}`),
  );
  const built = await credit.query(
    `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
     where table_schema in ('credit_bronze', 'credit_silver', 'credit_gold')
       and not (select relispartition from pg_class where oid = format('%I.%I', table_schema, table_name)::regclass)`,
  );
  expect(documented.toSorted()).toEqual(built.map(({ name }) => name).toSorted());
});

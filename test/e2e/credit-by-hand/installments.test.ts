import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CreditByHand, runCreditByHand } from '#test/support/credit-by-hand.ts';
import { textTable } from '#test/support/text-table.ts';

const AS_OF = '2026-03-31';

const COMPANIES = textTable(`
  cnpj           | legal_name | uf | city     | company_size | registration_status | created_at           | updated_at
  00000000000191 | Comprador  | DF | Brasília | DEMAIS       | ATIVA               | 2020-01-02T12:00:00Z | -
  11222333000181 | Vendedor   | RJ | Niterói  | EPP          | ATIVA               | 2020-01-02T12:00:00Z | -`);

// 33000167000101 is a valid number that the registry lacks; 00000000000192 has a wrong check digit.
const INSTALLMENTS = textTable(`
  id  | invoice_id | installment_number | buyer_cnpj     | seller_cnpj          | invoice_issue_date | due_date   | paid_date  | amount           | paid_amount | status
  101 | NF-1       | 1                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-02-10 | 2026-02-05 | 100.00           | 100.00      | paid
  102 | NF-1       | 2                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-03-10 | 2026-03-10 | 100.00           | 100.00      | " PAID "
  103 | NF-2       | 1                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-02-20 | 2026-03-02 | 100.00           | 110.00      | paid
  104 | NF-2       | 2                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-03-30 | 2026-04-01 | 100.00           | 100.00      | paid
  105 | NF-3       | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-03-31 | -          | 100.00           | -           | open
  106 | NF-4       | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-03-30 | -          | 100.00           | -           | open
  107 | NF-5       | 1                  | 00000000000191 | 11222333000181       | 2026-03-31         | 2026-04-01 | -          | 100.00           | -           | open
  108 | " NF-1"    | 1                  | 00000000000191 | 11.222.333/0001-81   | 2026-01-01         | 2026-02-10 | -          | 100.00           | -           | open
  109 | NF-1       | 1                  | 00000000000191 | 33000167000101       | 2026-01-01         | 2026-05-10 | -          | 100.00           | -           | open
  110 | NF-1       | -                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-05-10 | -          | 100.00           | -           | open
  111 | NF-1       | -                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-05-10 | -          | 100.00           | -           | open
  112 | NF-6       | 1                  | 00000000000191 | 11222333000181       | 2026-02-01         | 2026-03-01 | 2026-01-22 | 100.00           | 100.00      | paid
  113 | NF-7       | 1                  | 00000000000191 | 11222333000181       | 2026-04-15         | 2026-05-15 | -          | 100.00           | -           | open
  114 | NF-8       | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | -          | 0.00             | 0.00        | open
  115 | NF-9       | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | -          | 1000000000000.00 | -           | open
  116 | NF-10      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | -          | 999999999999.99  | -           | open
  117 | NF-11      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | -          | -                | -           | -
  118 | -          | -                  | -              | -                    | -                  | -          | -          | -                | -           | -
  119 | NF-12      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-03-30 | -          | -50.00           | -           | open
  120 | NF-13      | 1                  | 00000000000192 | S/N                  | 2026-03-01         | 2026-05-15 | -          | 100.00           | -           | open
  121 | NF-14      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-03-31 | 2026-03-31 | 100.00           | 60.00       | paid
  122 | NF-15      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | -          | 100.00           | 30.00       | open
  123 | NF-16      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-05-15 | 2026-03-20 | 100.00           | -           | open
  124 | NF-17      | 1                  | 00000000000191 | 11222333000181       | 2026-03-01         | 2026-02-01 | -          | 100.00           | -           | paid
  125 | NF-18      | 1                  | 00000000000191 | 11222333000181       | 2026-01-01         | 2026-03-01 | 2026-03-20 | 100.00           | 100.00      | paid
  126 | NF-19      | 1                  | 00000000000191 | 11222333000181       | 2026-01-01         | -          | 2026-03-20 | 100.00           | 100.00      | paid
  127 | "  "       | 1                  | " "            | ""                   | 2026-01-01         | -          | -          | 100.00           | -           | " "`);

let credit: CreditByHand;

beforeAll(async () => {
  credit = await runCreditByHand({ asOf: AS_OF, companies: COMPANIES, installments: INSTALLMENTS });
});
afterAll(() => credit?.stop());

test('bronze is the source as it is, with the greater date as cursor', async () => {
  const bronze = { schema: 'credit_bronze', name: 'installments' };
  expect(await credit.rows(bronze, INSTALLMENTS)).toEqual(INSTALLMENTS);
  // Days since 1970 × 86 400 000 000 µs: 2026-02-05 is day 20 489, 2026-04-01 day 20 544, 2026-01-01 day 20 454.
  const cursors = textTable(`
    id  | _cursor          | _slice | _source_table
    101 | 1770249600000000 | ""     | oltp.installments
    104 | 1775001600000000 | ""     | oltp.installments
    109 | 1767225600000000 | ""     | oltp.installments
    118 | -                | ""     | oltp.installments`);
  const rows = await credit.rows(bronze, cursors);
  expect(rows.filter(({ id }) => cursors.some((row) => row['id'] === id))).toEqual(cursors);
});

/**
 * 108 repeats 101 (number with punctuation, blank before the invoice). 109 is another seller's NF-1; 110 and 111 have no
 * instalment number, so neither repeats the other. 118 and 127 say nothing at all.
 */
test('silver types the rows and raises each flag where its rule is broken, and nowhere else', async () => {
  const expected = textTable(`
    id  | invoice_id | buyer_cnpj     | seller_cnpj    | source_status | is_paid | dq_buyer_cnpj_invalid | dq_seller_cnpj_invalid | dq_duplicate_invoice | dq_dates_missing | dq_due_before_issued | dq_paid_before_issued | dq_amount_missing | dq_amount_zero | dq_amount_negative | dq_amount_huge | dq_paid_short | dq_paid_undated | dq_status_mismatch | dq_flag_count
    101 | NF-1       | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    102 | NF-1       | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    103 | NF-2       | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    104 | NF-2       | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    105 | NF-3       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    106 | NF-4       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    107 | NF-5       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    108 | NF-1       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | true                 | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 1
    109 | NF-1       | 00000000000191 | 33000167000101 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    110 | NF-1       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    111 | NF-1       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    112 | NF-6       | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | true                  | false             | false          | false              | false          | false         | false           | false              | 1
    113 | NF-7       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    114 | NF-8       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | true           | false              | false          | false         | false           | false              | 1
    115 | NF-9       | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | true           | false         | false           | false              | 1
    116 | NF-10      | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    117 | NF-11      | 00000000000191 | 11222333000181 | -             | false   | false                 | false                  | false                | false            | false                | false                 | true              | false          | false              | false          | false         | false           | true               | 2
    118 | -          | -              | -              | -             | false   | true                  | true                   | false                | true             | false                | false                 | true              | false          | false              | false          | false         | false           | true               | 5
    119 | NF-12      | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | true               | false          | false         | false           | false              | 1
    120 | NF-13      | 00000000000192 | -              | open          | false   | true                  | true                   | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 2
    121 | NF-14      | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | true          | false           | false              | 1
    122 | NF-15      | 00000000000191 | 11222333000181 | open          | false   | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | true            | false              | 1
    123 | NF-16      | 00000000000191 | 11222333000181 | open          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | true               | 1
    124 | NF-17      | 00000000000191 | 11222333000181 | paid          | false   | false                 | false                  | false                | false            | true                 | false                 | false             | false          | false              | false          | false         | false           | true               | 2
    125 | NF-18      | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | false            | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 0
    126 | NF-19      | 00000000000191 | 11222333000181 | paid          | true    | false                 | false                  | false                | true             | false                | false                 | false             | false          | false              | false          | false         | false           | false              | 1
    127 | -          | -              | -              | -             | false   | true                  | true                   | false                | true             | false                | false                 | false             | false          | false              | false          | false         | false           | true               | 4`);
  expect(await credit.rows({ schema: 'credit_silver', name: 'installments_clean' }, expected)).toEqual(
    expected,
  );
});

/**
 * As of 31 March: 101 was paid 5 days early, 102 on the day, 103 on 2 March, 8 + 2 = 10 days after 20 February. The payment
 * of 104 is dated tomorrow: still overdue by one day, as 106. 105 is due today: open. 112 was paid before it was issued:
 * punctuality unknown. 119 owes nothing though overdue. 121 leaves 100 − 60 = 40 short. 123 was paid 20 March, 11 + 30 +
 * 15 = 56 days before 15 May. 124 has waited since 1 February: 27 + 31 = 58 days. 125: 19 days. 126 has no due date.
 */
test('gold says of each instalment what it is on the day', async () => {
  const expected = textTable(`
    id  | as_of      | payment_state | days_late | outstanding_amount | shortfall_amount | is_post_dated | counts_in_summary | buyer_legal_name | buyer_uf | buyer_city | buyer_company_size | seller_legal_name | seller_uf | seller_city
    101 | 2026-03-31 | paid          | -5        | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    102 | 2026-03-31 | paid          | 0         | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    103 | 2026-03-31 | paid          | 10        | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    104 | 2026-03-31 | overdue       | 1         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    105 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    106 | 2026-03-31 | overdue       | 1         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    107 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    108 | 2026-03-31 | overdue       | 49        | 100.00             | 0.00             | false         | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    109 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | -                 | -         | -
    110 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    111 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    112 | 2026-03-31 | paid          | -         | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    113 | 2026-03-31 | open          | -         | 100.00             | 0.00             | true          | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    114 | 2026-03-31 | open          | -         | 0.00               | 0.00             | false         | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    115 | 2026-03-31 | open          | -         | 1000000000000.00   | 0.00             | false         | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    116 | 2026-03-31 | open          | -         | 999999999999.99    | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    117 | 2026-03-31 | open          | -         | 0.00               | 0.00             | false         | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    118 | 2026-03-31 | open          | -         | 0.00               | 0.00             | false         | false             | -                | -        | -          | -                  | -                 | -         | -
    119 | 2026-03-31 | overdue       | 1         | 0.00               | 0.00             | false         | false             | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    120 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | -                | -        | -          | -                  | -                 | -         | -
    121 | 2026-03-31 | paid          | 0         | 0.00               | 40.00            | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    122 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    123 | 2026-03-31 | paid          | -56       | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    124 | 2026-03-31 | overdue       | 58        | 100.00             | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    125 | 2026-03-31 | paid          | 19        | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    126 | 2026-03-31 | paid          | -         | 0.00               | 0.00             | false         | true              | Comprador        | DF       | BRASILIA   | DEMAIS             | Vendedor          | RJ        | NITEROI
    127 | 2026-03-31 | open          | -         | 100.00             | 0.00             | false         | false             | -                | -        | -          | -                  | -                 | -         | -`);
  const gold = { schema: 'credit_gold', name: 'payment_analytics_detailed' };
  expect(await credit.rows(gold, expected)).toEqual(expected);
  const passedOn = textTable(`
    id  | invoice_id | installment_number | buyer_cnpj     | seller_cnpj    | invoice_issue_date | due_date   | paid_date  | amount | paid_amount | dq_duplicate_invoice | dq_paid_before_issued
    108 | NF-1       | 1                  | 00000000000191 | 11222333000181 | 2026-01-01         | 2026-02-10 | -          | 100.00 | -           | true                 | false
    112 | NF-6       | 1                  | 00000000000191 | 11222333000181 | 2026-02-01         | 2026-03-01 | 2026-01-22 | 100.00 | 100.00      | false                | true`);
  const rows = await credit.rows(gold, passedOn);
  expect(rows.filter(({ id }) => id === '108' || id === '112')).toEqual(passedOn);
});

/** On 1 April 104's payment has happened, 2 days late; 105 is a day overdue; 125's cancelled payment is 31 days overdue. */
test('a day later payments have happened, and one was cancelled', async () => {
  await credit.again(
    '2026-04-01',
    `update oltp.installments set paid_date = null, paid_amount = null, status = 'open' where id = 125`,
  );
  const expected = textTable(`
    id  | as_of      | payment_state | days_late | outstanding_amount | paid_date  | paid_amount
    104 | 2026-04-01 | paid          | 2         | 0.00               | 2026-04-01 | 100.00
    105 | 2026-04-01 | overdue       | 1         | 100.00             | -          | -
    107 | 2026-04-01 | open          | -         | 100.00             | -          | -
    125 | 2026-04-01 | overdue       | 31        | 100.00             | -          | -`);
  const rows = await credit.rows({ schema: 'credit_gold', name: 'payment_analytics_detailed' }, expected);
  expect(rows.filter(({ id }) => expected.some((row) => row['id'] === id))).toEqual(expected);
});

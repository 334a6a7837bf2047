import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CreditByHand, runCreditByHand } from '#test/support/credit-by-hand.ts';
import { textTable } from '#test/support/text-table.ts';

/**
 * Numbers. 11222333/0001: 1·5+1·4+2·3+2·2+2·9+3·8+3·7+3·6+0·5+0·4+0·3+1·2 = 102, 102 mod 11 = 3, 11−3 = 8;
 * then 1·6+1·5+2·4+2·3+2·2+3·9+3·8+3·7+0+0+0+1·3+8·2 = 120, 120 mod 11 = 10, 11−10 = 1: check digits 81.
 * 12ABC345/01DE, the Receita's own example, with A = 65−48 = 17: 5+8+51+36+171+24+28+30+0+4+60+42 = 459, mod 11 = 8, 3;
 * then 6+10+68+54+38+27+32+35+0+5+80+63+6 = 424, mod 11 = 6, 5: check digits 35.
 * Fourteen zeros verify (0 mod 11 = 0, digits 00) and are refused as one digit repeated.
 * The others are numbers of large companies, as they publish them.
 */
const COMPANIES = textTable(`
  cnpj               | legal_name      | trade_name | uf     | city                | main_cnae | company_size | legal_nature | share_capital     | opening_date | registration_status | created_at             | updated_at
  00000000000000     | Zeros           | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  00000000000191     | Banco Alfa S.A. | Alfa       | DF     | Brasília            | 6422100   | DEMAIS       | 2038         | 1000.00           | 2019-12-31   | ATIVA               | 2020-01-01T02:30:00Z   | 2026-01-05T10:00:00.000001Z
  02558157000162     | Beta            | -          | "\\tsp\\u00a0" | "  são   paulo\\n" | 6110801 | " demais"   | 2054         | 999999999999.99   | 1900-01-01   | " ativa "           | 2020-01-02T12:00:00Z   | -
  07526557000100     | Gama            | -          | SP     | Jaguariúna          | 1113502   | DEMAIS       | 2046         | 1000000000000.00  | 2020-01-01   | ATIVA               | 2020-01-01T02:30:00Z   | -
  11.222.333/0001-81 | Delta Nova      | -          | RJ     | Niterói             | 4711301   | EPP          | 2062         | 5000.00           | 2010-01-01   | BAIXADA             | 2020-01-02T12:00:00Z   | 2024-05-05T00:00:00Z
  11111111111111     | Ones            | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  1122233300018      | Short           | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  11222333000181     | Delta           | -          | RJ     | Rio de Janeiro      | 4711301   | EPP          | 2062         | 5000.00           | 2010-01-01   | ATIVA               | 2020-01-02T12:00:00Z   | 2023-01-01T00:00:00Z
  11222333000182     | Wrong digit     | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  12ABC34501DE36     | Wrong letters   | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  12abc34501de35     | Letters         | -          | SP     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  33000167000101     | -               | -          | -      | -                   | -         | -            | -            | -                 | -            | -                   | 2020-01-02T12:00:00Z   | -
  33592510000154     | Epsilon         | -          | sp     | SANTA BÁRBARA D'OESTE | 4711301 | ME           | 2062         | 0.00              | 1899-12-31   | ATIVA               | 2020-01-02T12:00:00Z   | -
  47960950000121     | "   "           | ""         | "  "   | " \\t "             | ""        | " "          | " "          | 1000.00           | 2015-06-01   | ""                  | 2020-01-02T12:00:00Z   | -
  60701190000104     | "Zeta \\"Z\\", 🏭\\nfilial" | - | go   | "goia\\u0302nia"    | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  60746948000112     | Eta             | -          | XX     | Santos              | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -
  SEM NUMERO         | Theta           | -          | São Paulo | Santos           | 4711301   | ME           | 2062         | 1000.00           | 2015-06-01   | ATIVA               | 2020-01-02T12:00:00Z   | -`);

let credit: CreditByHand;

beforeAll(async () => {
  credit = await runCreditByHand({ asOf: '2026-03-31', companies: COMPANIES, installments: [{ id: '1' }] });
});
afterAll(() => credit?.stop());

test('bronze is the source as it is, with the load metadata', async () => {
  const instants = { created_at: 1, updated_at: 1 };
  const plain = COMPANIES.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !(name in instants))),
  );
  expect(await credit.rows({ schema: 'credit_bronze', name: 'cnpj_ws' }, plain)).toEqual(plain);

  // 2026-01-05T10:00:00.000001Z is 1 767 607 200 s and 1 µs; 2020-01-02T12:00:00Z is 1 577 966 400 s after 1970.
  const metadata = await credit.query(
    `select cnpj, created_at::text, updated_at::text, _cursor::text, _slice, _source_table,
       _row_hash ~ '^[0-9a-f]{32}$' and _version ~ '^[0-9a-f]{44}$' and _loaded_at is not null
         and _source_file like 'cnpj\\_ws\\_%.parquet' as is_marked
     from credit_bronze.cnpj_ws where cnpj in ('00000000000191', '02558157000162') order by 1`,
  );
  expect(metadata).toEqual([
    {
      cnpj: '00000000000191',
      created_at: '2020-01-01 02:30:00+00',
      updated_at: '2026-01-05 10:00:00.000001+00',
      _cursor: '1767607200000001',
      _slice: '',
      _source_table: 'oltp.cnpj_ws',
      is_marked: true,
    },
    {
      cnpj: '02558157000162',
      created_at: '2020-01-02 12:00:00+00',
      updated_at: null,
      _cursor: '1577966400000000',
      _slice: '',
      _source_table: 'oltp.cnpj_ws',
      is_marked: true,
    },
  ]);
});

test('silver standardises numbers, states and cities, and keeps what it cannot', async () => {
  const expected = textTable(`
    cnpj               | cnpj_standard  | is_current | legal_name               | trade_name | uf | city                  | main_cnae | company_size | legal_nature | registration_status | changed_at
    00000000000000     | 00000000000000 | true       | Zeros                    | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    00000000000191     | 00000000000191 | true       | Banco Alfa S.A.          | Alfa       | DF | BRASILIA              | 6422100   | DEMAIS       | 2038         | ATIVA               | 2026-01-05 10:00:00.000001+00
    02558157000162     | 02558157000162 | true       | Beta                     | -          | SP | SAO PAULO             | 6110801   | DEMAIS       | 2054         | ATIVA               | 2020-01-02 12:00:00+00
    07526557000100     | 07526557000100 | true       | Gama                     | -          | SP | JAGUARIUNA            | 1113502   | DEMAIS       | 2046         | ATIVA               | 2020-01-01 02:30:00+00
    11.222.333/0001-81 | 11222333000181 | true       | Delta Nova               | -          | RJ | NITEROI               | 4711301   | EPP          | 2062         | BAIXADA             | 2024-05-05 00:00:00+00
    11111111111111     | 11111111111111 | true       | Ones                     | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    1122233300018      | 1122233300018  | true       | Short                    | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    11222333000181     | 11222333000181 | false      | Delta                    | -          | RJ | RIO DE JANEIRO        | 4711301   | EPP          | 2062         | ATIVA               | 2023-01-01 00:00:00+00
    11222333000182     | 11222333000182 | true       | Wrong digit              | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    12ABC34501DE36     | 12ABC34501DE36 | true       | Wrong letters            | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    12abc34501de35     | 12ABC34501DE35 | true       | Letters                  | -          | SP | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    33000167000101     | 33000167000101 | true       | -                        | -          | -  | -                     | -         | -            | -            | -                   | 2020-01-02 12:00:00+00
    33592510000154     | 33592510000154 | true       | Epsilon                  | -          | SP | SANTA BARBARA D'OESTE | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    47960950000121     | 47960950000121 | true       | -                        | -          | -  | -                     | -         | -            | -            | -                   | 2020-01-02 12:00:00+00
    60701190000104     | 60701190000104 | true       | "Zeta \\"Z\\", 🏭 filial" | -          | GO | GOIANIA               | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    60746948000112     | 60746948000112 | true       | Eta                      | -          | -  | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00
    SEM NUMERO         | -              | false      | Theta                    | -          | -  | SANTOS                | 4711301   | ME           | 2062         | ATIVA               | 2020-01-02 12:00:00+00`);
  expect(await credit.rows({ schema: 'credit_silver', name: 'cnpj_ws_clean' }, expected)).toEqual(expected);
});

/**
 * Banco Alfa was recorded at 02:30 UTC on 1 January, which in São Paulo (UTC−3) is 31 December, the day it opened: in
 * order. Gama was recorded at the same instant and opened on 1 January, a day later: suspicious. Capital is suspicious
 * from a trillion on: Beta is one cent below.
 */
test('silver raises each data-quality flag where its rule is broken, and nowhere else', async () => {
  const expected = textTable(`
    cnpj               | share_capital    | opening_date | dq_cnpj_invalid | dq_name_missing | dq_uf_missing | dq_uf_unknown | dq_city_missing | dq_share_capital_suspicious | dq_opening_date_suspicious | dq_flag_count
    00000000000000     | 1000.00          | 2015-06-01   | true            | false           | false         | false         | false           | false                       | false                      | 1
    00000000000191     | 1000.00          | 2019-12-31   | false           | false           | false         | false         | false           | false                       | false                      | 0
    02558157000162     | 999999999999.99  | 1900-01-01   | false           | false           | false         | false         | false           | false                       | false                      | 0
    07526557000100     | 1000000000000.00 | 2020-01-01   | false           | false           | false         | false         | false           | true                        | true                       | 2
    11.222.333/0001-81 | 5000.00          | 2010-01-01   | false           | false           | false         | false         | false           | false                       | false                      | 0
    11111111111111     | 1000.00          | 2015-06-01   | true            | false           | false         | false         | false           | false                       | false                      | 1
    1122233300018      | 1000.00          | 2015-06-01   | true            | false           | false         | false         | false           | false                       | false                      | 1
    11222333000181     | 5000.00          | 2010-01-01   | false           | false           | false         | false         | false           | false                       | false                      | 0
    11222333000182     | 1000.00          | 2015-06-01   | true            | false           | false         | false         | false           | false                       | false                      | 1
    12ABC34501DE36     | 1000.00          | 2015-06-01   | true            | false           | false         | false         | false           | false                       | false                      | 1
    12abc34501de35     | 1000.00          | 2015-06-01   | false           | false           | false         | false         | false           | false                       | false                      | 0
    33000167000101     | -                | -            | false           | true            | true          | false         | true            | true                        | true                       | 5
    33592510000154     | 0.00             | 1899-12-31   | false           | false           | false         | false         | false           | true                        | true                       | 2
    47960950000121     | 1000.00          | 2015-06-01   | false           | true            | true          | false         | true            | false                       | false                      | 3
    60701190000104     | 1000.00          | 2015-06-01   | false           | false           | false         | false         | false           | false                       | false                      | 0
    60746948000112     | 1000.00          | 2015-06-01   | false           | false           | false         | true          | false           | false                       | false                      | 1
    SEM NUMERO         | 1000.00          | 2015-06-01   | true            | false           | false         | true          | false           | false                       | false                      | 2`);
  expect(await credit.rows({ schema: 'credit_silver', name: 'cnpj_ws_clean' }, expected)).toEqual(expected);
});

import { withCheckDigits } from './cnpj.ts';
import { dayBefore } from './day-before.ts';
import type { Random } from './random.ts';

/** One row of `oltp.cnpj_ws`; null where the column is NULL. */
export interface CompanyRow {
  readonly cnpj: string;
  readonly legalName: string | null;
  readonly tradeName: string | null;
  readonly uf: string | null;
  readonly city: string | null;
  readonly mainCnae: string | null;
  readonly companySize: string | null;
  readonly legalNature: string | null;
  readonly shareCapital: string | null;
  readonly openingDate: string | null;
  readonly registrationStatus: string | null;
  readonly partnerNames: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

const CITIES = [
  ['SP', 'São Paulo'],
  ['SP', 'Campinas'],
  ['RJ', 'Rio de Janeiro'],
  ['MG', 'Belo Horizonte'],
  ['PR', 'Curitiba'],
  ['RS', 'Porto Alegre'],
  ['BA', 'Salvador'],
  ['GO', 'Goiânia'],
  ['CE', 'Fortaleza'],
  ['PA', 'Belém'],
] as const;
const TRADES = [
  'Comércio',
  'Indústria',
  'Serviços',
  'Transportes',
  'Alimentos',
  'Têxtil',
  'Farmácia',
] as const;
const FAMILIES = ['Silva', 'Souza', 'Conceição', 'Araújo', 'Gonçalves', 'Ávila', 'Müller', 'Tanaka'] as const;
const SIZES = ['MEI', 'ME', 'EPP', 'DEMAIS'] as const;
const STATUSES = ['ATIVA', 'ATIVA', 'ATIVA', 'ATIVA', 'BAIXADA', 'INAPTA', 'SUSPENSA'] as const;

/** The share of rows that are awkward in one way or another, as in real data. */
export const AWKWARD_SHARE = 0.1;

/** The n-th company number: valid, and unique for every n below a hundred million. */
export function companyNumber(index: number): string {
  return withCheckDigits(`${String((index * 7_919 + 1_234_567) % 100_000_000).padStart(8, '0')}0001`);
}

/** Breaks the last check digit. */
export function breakCheckDigit(cnpj: string): string {
  return `${cnpj.slice(0, 13)}${(Number(cnpj[13]) + 1) % 10}`;
}

/**
 * The n-th company.
 *
 * @param today `YYYY-MM-DD`; creation and update instants lie before it.
 */
export function companyRow(index: number, random: Random, today: string): CompanyRow {
  const [uf, city] = random.pick(CITIES);
  const family = random.pick(FAMILIES);
  const trade = random.pick(TRADES);
  const created = instantBefore(today, random.whole(30, 4_000), random);
  const plain: CompanyRow = {
    cnpj: companyNumber(index),
    legalName: `${family} ${trade} ${index} Ltda`,
    tradeName: random.chance(0.2) ? null : `${trade} ${family}`,
    uf,
    city,
    mainCnae: String(random.whole(1_000_000, 9_999_999)),
    companySize: random.pick(SIZES),
    legalNature: random.pick(['2062', '2135', '2054']),
    shareCapital: `${random.whole(1, 5_000) * 1_000}.00`,
    openingDate: dayBefore(created.slice(0, 10), random.whole(1, 400)),
    registrationStatus: random.pick(STATUSES),
    partnerNames: `{"${family} da Silva","José ${family}"}`,
    email: `contato${index}@${family.toLowerCase()}.example`,
    phone: `+55 11 9${random.whole(10_000_000, 99_999_999)}`,
    createdAt: created,
    updatedAt: random.chance(0.5) ? null : instantBefore(today, random.whole(1, 29), random),
  };
  return random.chance(AWKWARD_SHARE) ? awkward(plain, random) : plain;
}

function awkward(row: CompanyRow, random: Random): CompanyRow {
  const twists: [Partial<CompanyRow>, ...Partial<CompanyRow>[]] = [
    { cnpj: breakCheckDigit(row.cnpj) },
    { cnpj: punctuated(row.cnpj) },
    { city: row.city?.toUpperCase() ?? null, uf: row.uf?.toLowerCase() ?? null },
    { city: ` ${row.city?.toLowerCase().normalize('NFD')} `, uf: null },
    { uf: 'XX' },
    { uf: null, city: null },
    { shareCapital: '0.00' },
    { shareCapital: '9999999999999999.99' },
    { legalName: null, tradeName: null, mainCnae: null, companySize: null },
    { openingDate: null, registrationStatus: null, legalNature: null, shareCapital: null },
    { partnerNames: null, email: null, phone: null, legalName: '  ' },
    { legalName: `${row.legalName} "Matriz", 🏭\nfilial` },
    { openingDate: '1889-11-15' },
  ];
  return { ...row, ...random.pick(twists) };
}

/** `11.222.333/0001-81` of `11222333000181`. */
export function punctuated(cnpj: string): string {
  return cnpj.replace(/^(\d{2})(\d{3})(\d{3})(\d{4})(\d{2})$/, '$1.$2.$3/$4-$5');
}

function instantBefore(today: string, days: number, random: Random): string {
  const at = new Date(Date.parse(`${today}T00:00:00Z`) - days * 86_400_000 + random.whole(0, 86_399_999));
  return `${at.toISOString().slice(0, -1)}${String(random.whole(0, 999)).padStart(3, '0')}Z`;
}

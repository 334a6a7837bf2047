import { AWKWARD_SHARE, breakCheckDigit, companyNumber } from './company-rows.ts';
import type { Random } from './random.ts';

/** One row of `oltp.installments`; null where the column is NULL. */
export interface InstallmentRow {
  readonly id: number;
  readonly invoiceId: string | null;
  readonly installmentNumber: number | null;
  readonly buyerCnpj: string | null;
  readonly sellerCnpj: string | null;
  readonly invoiceIssueDate: string | null;
  readonly dueDate: string | null;
  readonly paidDate: string | null;
  readonly amount: string | null;
  readonly paidAmount: string | null;
  readonly status: string | null;
}

const DAY_MS = 86_400_000;

/**
 * The n-th instalment.
 *
 * @param companies how many companies there are; buyer and seller are two of them.
 * @param today `YYYY-MM-DD`; ordinary rows were issued in the two years before it.
 */
export function installmentRow(id: number, companies: number, random: Random, today: string): InstallmentRow {
  const issuedDaysAgo = random.whole(0, 730);
  const term = random.pick([30, 30, 60, 90]);
  const delay = random.chance(0.6) ? random.whole(-5, 0) : random.whole(1, 90);
  const paidDaysAgo = issuedDaysAgo - term - delay;
  const paid = paidDaysAgo >= 0 && random.chance(0.9);
  const amount = cents(random.whole(5_000, 5_000_000));
  const plain: InstallmentRow = {
    id,
    invoiceId: `NF-${Math.ceil(id / 3)}`,
    installmentNumber: ((id - 1) % 3) + 1,
    // Few buyers hold most of the debt, as in life.
    buyerCnpj: companyNumber(Math.floor(random.next() ** 3 * companies)),
    sellerCnpj: companyNumber(random.whole(0, companies - 1)),
    invoiceIssueDate: dayBefore(today, issuedDaysAgo),
    dueDate: dayBefore(today, issuedDaysAgo - term),
    paidDate: paid ? dayBefore(today, paidDaysAgo) : null,
    amount,
    paidAmount: paid ? amount : null,
    status: paid ? 'paid' : 'open',
  };
  return random.chance(AWKWARD_SHARE) ? awkward(plain, random, today) : plain;
}

function awkward(row: InstallmentRow, random: Random, today: string): InstallmentRow {
  const twists: [Partial<InstallmentRow>, ...Partial<InstallmentRow>[]] = [
    { buyerCnpj: row.buyerCnpj === null ? null : breakCheckDigit(row.buyerCnpj) },
    { buyerCnpj: row.buyerCnpj?.replace(/^(\d{2})(\d{3})(\d{3})(\d{4})(\d{2})$/, '$1.$2.$3/$4-$5') ?? null },
    // The same invoice and number once more under another id.
    { invoiceId: `NF-${random.whole(1, Math.max(1, Math.ceil(row.id / 3)))}` },
    { paidDate: dayBefore(row.invoiceIssueDate ?? today, 10), paidAmount: row.amount, status: 'paid' },
    {
      invoiceIssueDate: dayBefore(today, -random.whole(1, 60)),
      paidDate: null,
      paidAmount: null,
      status: 'open',
    },
    { amount: '0.00', paidAmount: '0.00' },
    { amount: '9999999999999999.99' },
    { amount: null, paidAmount: null, status: null },
    { invoiceIssueDate: null, paidDate: null, paidAmount: null, dueDate: null },
    { buyerCnpj: null, sellerCnpj: null, invoiceId: null, installmentNumber: null },
    { paidAmount: row.amount === null ? null : cents(Math.round(Number(row.amount) * 50)) },
  ];
  return { ...row, ...random.pick(twists) };
}

const cents = (value: number): string => `${Math.trunc(value / 100)}.${String(value % 100).padStart(2, '0')}`;

/** A few thousand days serve millions of rows. */
const knownDays = new Map<string, string>();

function dayBefore(day: string, days: number): string {
  const key = `${day} ${days}`;
  const known = knownDays.get(key);
  if (known !== undefined) return known;
  const found = new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
  knownDays.set(key, found);
  return found;
}

import { AWKWARD_SHARE, breakCheckDigit, companyNumber, punctuated } from './company-rows.ts';
import { dayBefore } from './day-before.ts';
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

/** What the instalments of one invoice have in common. */
interface Invoice {
  readonly invoiceId: string;
  readonly buyerCnpj: string;
  readonly sellerCnpj: string;
  readonly issuedDaysAgo: number;
  /** Of each instalment, in cents. */
  readonly amountCents: number;
}

export interface InstallmentsToMake {
  readonly installments: number;
  /** How many companies there are; buyer and seller are two of them. */
  readonly companies: number;
  /** `YYYY-MM-DD`; ordinary invoices were issued in the two years before it. */
  readonly today: string;
}

const PER_INVOICE = 3;
/** A repeat is of one of the last so many rows. */
const REMEMBERED = 50;

/** Instalments by ascending id, three to an invoice, due a month apart. */
export function* installmentRows(options: InstallmentsToMake, random: Random): Generator<InstallmentRow> {
  const recent: InstallmentRow[] = [];
  let invoice = newInvoice(1, options.companies, random);
  for (let id = 1; id <= options.installments; id += 1) {
    const number = ((id - 1) % PER_INVOICE) + 1;
    if (number === 1) invoice = newInvoice(Math.ceil(id / PER_INVOICE), options.companies, random);
    const plain = plainRow(id, number, invoice, random, options.today);
    yield random.chance(AWKWARD_SHARE) ? awkward(plain, recent, random, options.today) : plain;
    recent[id % REMEMBERED] = plain;
  }
}

function newInvoice(number: number, companies: number, random: Random): Invoice {
  return {
    invoiceId: `NF-${number}`,
    // Few buyers hold most of the debt, as in life.
    buyerCnpj: companyNumber(Math.floor(random.next() ** 3 * companies)),
    sellerCnpj: companyNumber(random.whole(0, companies - 1)),
    issuedDaysAgo: random.whole(0, 730),
    amountCents: random.whole(5_000, 5_000_000),
  };
}

function plainRow(
  id: number,
  number: number,
  { invoiceId, buyerCnpj, sellerCnpj, issuedDaysAgo, amountCents }: Invoice,
  random: Random,
  today: string,
): InstallmentRow {
  const dueDaysAgo = issuedDaysAgo - 30 * number;
  const delay = random.chance(0.6) ? random.whole(-5, 0) : random.whole(1, 90);
  const paidDaysAgo = dueDaysAgo - delay;
  const isPaid = paidDaysAgo >= 0 && random.chance(0.9);
  return {
    id,
    invoiceId,
    installmentNumber: number,
    buyerCnpj,
    sellerCnpj,
    invoiceIssueDate: dayBefore(today, issuedDaysAgo),
    dueDate: dayBefore(today, dueDaysAgo),
    paidDate: isPaid ? dayBefore(today, paidDaysAgo) : null,
    amount: cents(amountCents),
    paidAmount: isPaid ? cents(amountCents) : null,
    status: isPaid ? 'paid' : 'open',
  };
}

function awkward(
  row: InstallmentRow,
  recent: readonly InstallmentRow[],
  random: Random,
  today: string,
): InstallmentRow {
  const { buyerCnpj, invoiceIssueDate, amount } = row;
  const repeated = random.pick(recent.length > 0 ? recent : [row]) ?? row;
  const twists: [Partial<InstallmentRow>, ...Partial<InstallmentRow>[]] = [
    { buyerCnpj: buyerCnpj === null ? null : breakCheckDigit(buyerCnpj) },
    { buyerCnpj: buyerCnpj === null ? null : punctuated(buyerCnpj) },
    // The same instalment once more under another id.
    { ...repeated, id: row.id },
    { paidDate: dayBefore(invoiceIssueDate ?? today, 10), paidAmount: amount, status: 'paid' },
    { invoiceIssueDate: dayBefore(today, -random.whole(1, 60)), ...UNPAID },
    { amount: '0.00', paidAmount: '0.00' },
    { amount: '9999999999999999.99' },
    { amount: null, paidAmount: null, status: null },
    { invoiceIssueDate: null, dueDate: null, ...UNPAID },
    { buyerCnpj: null, sellerCnpj: null, invoiceId: null, installmentNumber: null },
    {
      paidDate: invoiceIssueDate,
      paidAmount: amount === null ? null : cents(Math.round(Number(amount) * 50)),
    },
  ];
  return { ...row, ...random.pick(twists) };
}

const UNPAID = { paidDate: null, paidAmount: null, status: 'open' };

const cents = (value: number): string => `${Math.trunc(value / 100)}.${String(value % 100).padStart(2, '0')}`;

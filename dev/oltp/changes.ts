import type pg from 'pg';

/**
 * What an OLTP application does between two runs, each as one statement: rows that are new, that change, that
 * lose a payment, and that change without any date moving.
 */
export interface Changes {
  readonly inserted: number;
  readonly paid: number;
  readonly cancelled: number;
  readonly companiesUpdated: number;
}

/** Applies an ordinary day's changes. `today` is `YYYY-MM-DD`. */
export async function applyChanges(client: pg.ClientBase, today: string): Promise<Changes> {
  const inserted = await client.query(INSERT_INSTALLMENTS, [today]);
  const paid = await client.query(PAY, [today]);
  const cancelled = await client.query(CANCEL_PAYMENTS, [today]);
  const updated = await client.query(UPDATE_COMPANIES);
  return {
    inserted: inserted.rowCount ?? 0,
    paid: paid.rowCount ?? 0,
    cancelled: cancelled.rowCount ?? 0,
    companiesUpdated: updated.rowCount ?? 0,
  };
}

const INSERT_INSTALLMENTS = `
  insert into oltp.installments
    (invoice_id, installment_number, buyer_cnpj, seller_cnpj, invoice_issue_date, due_date, amount, status)
  select 'NEW-' || n, 1, b.cnpj, s.cnpj, $1::date, $1::date + 30, 100 + n, 'open'
  from generate_series(1, 500) n
  join (select cnpj, row_number() over (order by cnpj) r from oltp.cnpj_ws limit 500) b on b.r = n
  join (select cnpj, row_number() over (order by cnpj desc) r from oltp.cnpj_ws limit 500) s on s.r = n`;

const PAY = `
  update oltp.installments set paid_date = $1::date, paid_amount = amount, status = 'paid'
  where id in (select id from oltp.installments where status = 'open' and amount is not null order by id limit 300)`;

const CANCEL_PAYMENTS = `
  update oltp.installments set paid_date = null, paid_amount = null, status = 'open'
  where id in (
    select id from oltp.installments where paid_date > $1::date - 20 and invoice_issue_date is not null
    order by id desc limit 20)`;

const UPDATE_COMPANIES = `
  update oltp.cnpj_ws set city = 'Santos', uf = 'SP'
  where cnpj in (select cnpj from oltp.cnpj_ws order by cnpj limit 100)`;

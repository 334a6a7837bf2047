import type pg from 'pg';

/** Inserts a company whose `updated_at` is its transaction's start, as the application does. */
export async function insertCompany(client: pg.ClientBase, cnpj: string, city = 'Santos'): Promise<void> {
  await client.query(
    `insert into oltp.cnpj_ws (cnpj, legal_name, uf, city, created_at, updated_at) values ($1, 'Ltda', 'SP', $2, now(), now())`,
    [cnpj, city],
  );
}

export interface InstallmentInput {
  readonly id: number;
  readonly issued: string | null;
  readonly paid?: string | null;
  readonly amount?: string;
}

/** Inserts one instalment. Dates are `YYYY-MM-DD`. */
export async function insertInstallment(client: pg.ClientBase, row: InstallmentInput): Promise<void> {
  const { id, issued, paid = null, amount = '100.00' } = row;
  await client.query(
    `insert into oltp.installments (id, invoice_id, installment_number, invoice_issue_date, due_date, paid_date, amount, status)
     values ($1::bigint, 'NF-' || $1::bigint, 1, $2::date, $2::date + 30, $3::date, $4::numeric, case when $3::date is null then 'open' else 'paid' end)`,
    [id, issued, paid, amount],
  );
}

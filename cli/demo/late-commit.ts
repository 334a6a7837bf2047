import pg from 'pg';

/** A transaction that has changed a company and does not commit yet. */
export interface LateCommit {
  readonly pid: number;
  /** When it began, by the source's clock: the instant its rows carry. */
  readonly startedAt: string;
  /** Commits and ends its session. */
  commit(): Promise<void>;
  /** Ends its session, committed or not. */
  close(): Promise<void>;
}

const UPDATE = `
  update oltp.cnpj_ws set city = 'Olinda', uf = 'PE'
  where cnpj in (select cnpj from oltp.cnpj_ws order by cnpj desc limit 3)`;
/** A company born in the transaction carries its start, and is seen only after its end. */
const INSERT = `
  insert into oltp.cnpj_ws (cnpj, legal_name, uf, city, registration_status)
  values ('99999999000191', 'Tardia Ltda', 'PE', 'Olinda', 'ATIVA') on conflict do nothing`;

/** Begins a transaction as an application would, and leaves it open. */
export async function beginLateCommit(url: string): Promise<LateCommit> {
  const client = new pg.Client({ connectionString: url, application_name: 'oltp-application' });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin');
  await client.query(UPDATE);
  await client.query(INSERT);
  const sql = 'select pg_backend_pid() as pid, now()::text as at';
  const { rows } = await client.query<{ pid: number; at: string }>(sql);
  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ending ??= client.end();
    return ending;
  };
  return {
    pid: rows[0]?.pid ?? 0,
    startedAt: rows[0]?.at ?? '',
    close,
    commit: async () => {
      await client.query('commit');
      await close();
    },
  };
}

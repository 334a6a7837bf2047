import { withClient } from './oltp/with-client.ts';

/** Password of the reader on servers that listen on loopback only. */
const READER_PASSWORD = 'reader';

/**
 * Makes the role pipelines read source databases as: it sees every backend's transaction (the bound needs that) and has no
 * other rights than the given ones. Repeatable.
 *
 * @param ownerUrl owner's connection to the source database.
 * @param grants statements that give rights to `penstock_reader`.
 * @returns the reader's connection URL.
 */
export async function createReader(ownerUrl: string, grants: string): Promise<string> {
  await withClient(ownerUrl, async (client) => void (await client.query(`${CREATE_ROLE}; ${grants}`)));
  const url = new URL(ownerUrl);
  url.username = 'penstock_reader';
  url.password = READER_PASSWORD;
  return url.href;
}

const CREATE_ROLE = `
  do $$ begin
    create role penstock_reader login password '${READER_PASSWORD}' in role pg_read_all_stats;
  exception when duplicate_object or unique_violation then null;
  end $$`;

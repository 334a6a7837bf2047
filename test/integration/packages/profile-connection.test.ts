import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProfile } from '#shared/models/profiles/open-profile.ts';
import { openPool } from '#shared/warehouse/postgres/pool.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

const PASSWORD = 'p@ss/w:rd %41';
let database: TestDatabase;
let dir: string;
let role: string;

beforeAll(async () => {
  database = await testDatabase();
  dir = await mkdtemp(join(tmpdir(), 'penstock-connection-'));
  role = `${database.name}_loader`;
  await withClient(database.url, async (client) => {
    await client.query(`create role ${role} login password '${PASSWORD}'`);
    await client.query(`create role ${role}_builder`);
    await client.query(`grant ${role}_builder to ${role}`);
  });
});

afterAll(async () => {
  await withClient(database.url, (client) => client.query(`drop role ${role}, ${role}_builder`));
  await rm(dir, { recursive: true, force: true });
  await database.drop();
});

it('connects as a profile says: role, search path, name, whatever the password holds', async () => {
  const { hostname, port, pathname } = new URL(database.url);
  await writeFile(
    join(dir, 'profiles.yml'),
    `shop:
  target: dev
  outputs:
    dev:
      type: postgres
      host: "${hostname}"
      port: ${port}
      user: ${role}
      password: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}"
      dbname: ${pathname.slice(1)}
      schema: dev
      role: ${role}_builder
      search_path: "a b, public"
      application_name: shop build
      keepalives_idle: 5
`.replace('"a b, public"', `'"a b", public'`),
  );
  const env = { DBT_ENV_SECRET_PASSWORD: PASSWORD };
  const profile = await openProfile({ projectDir: dir, profile: 'shop', env });
  if (profile === undefined) throw new Error('there is no profile');
  const pool = openPool(profile.connection.warehouseConfig());
  const { rows } = await pool.query(
    `select current_user as role, session_user as login, current_setting('search_path') as path,
       current_setting('application_name') as name, current_setting('TimeZone') as zone`,
  );
  await pool.end();
  expect(rows).toEqual([
    { role: `${role}_builder`, login: role, path: '"a b", public', name: 'shop build', zone: 'UTC' },
  ]);
});

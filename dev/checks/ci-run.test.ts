import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = join(dirname(dirname(import.meta.dirname)), '.ci/run');

let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'penstock-ci-'));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** Runs .ci/run with an `npm` whose `test` and checks answer as told: the arithmetic is what is tested. */
function ciRun(tests: string, failing = 'none') {
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\nif [ "$1" = test ]; then ${tests}; exit; fi\n[ "$CI" = true ] && [ "$3" != "${failing}" ]\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout } = spawnSync(script, { env, encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test('each static check counts as one beside the tests', () => {
  expect(ciRun('echo "7 passed, 0 failed"')).toEqual({ status: 0, last: '11 passed, 0 failed' });
});

test('a failed test, a failed check and a run that died each fail it', () => {
  expect(ciRun('echo "7 passed, 2 failed"; exit 1')).toEqual({ status: 1, last: '11 passed, 2 failed' });
  expect(ciRun('echo "7 passed, 0 failed"', 'lint')).toEqual({ status: 1, last: '10 passed, 1 failed' });
  expect(ciRun('exit 137')).toEqual({ status: 1, last: '4 passed, 1 failed' });
});

/**
 * Renders templates of `generate.py` and prints where ours differ: `python generate.py 1 5000 | node main.ts`.
 *
 * @param process.argv[2] how many differences are printed, default 30.
 */
import { createInterface } from 'node:readline';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';

interface Case {
  readonly template: string;
  readonly text?: string;
  readonly error?: string;
}

function context(): Record<string, Value> {
  const plain = {
    ...{ a: 7, b: -3, f: 2.5, g: -0.125, s: 'Hello World', t: '  a,b;c  ', u: 'ß Ünï €', e: '', n: null },
    ...{
      l: [3, 1, 2],
      m: ['b', 'A', 'c'],
      d: { x: 1, y: 'two', z: [1, 2] },
      yes: true,
      no: false,
      big: 10n ** 20n,
    },
    nested: [
      { k: 1, v: 'p' },
      { k: 2, v: 'q' },
      { k: 1, v: 'r' },
    ],
  };
  const values = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, fromHost(value)]));
  return { ...values, tu: new TupleValue([1n, 'x']) };
}

const environment = createEnvironment();

function ours(template: string): { readonly text?: string; readonly error?: string } {
  try {
    const text = environment.parse(template, 't').render(context());
    return typeof text === 'string' ? { text } : { error: 'it waits' };
  } catch (error) {
    return { error: error instanceof Error ? error.message.slice(0, 200) : String(error) };
  }
}

const most = Number(process.argv[2] ?? 30);
const seen = { same: 0, failedBoth: 0, different: 0 };
for await (const line of createInterface({ input: process.stdin })) {
  const expected = JSON.parse(line) as Case;
  const got = ours(expected.template);
  if (expected.text !== undefined && got.text === expected.text) seen.same += 1;
  else if (expected.text === undefined && got.text === undefined) seen.failedBoth += 1;
  else {
    seen.different += 1;
    if (seen.different <= most) {
      process.stdout.write(
        `${JSON.stringify(expected.template)}\n  want ${JSON.stringify(expected.text ?? `!! ${expected.error}`)}\n  got  ${JSON.stringify(got.text ?? `!! ${got.error}`)}\n`,
      );
    }
  }
}
process.stdout.write(`${JSON.stringify(seen)}\n`);

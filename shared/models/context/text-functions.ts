import { createHash } from 'node:crypto';
import { typeFault } from '#shared/template/failures/template-fault.ts';
import { toJson } from '#shared/template/filters/to-json.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { SetValue } from '#shared/template/values/set-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { plainOf } from '../compile/plain.ts';
import { diffOfDicts } from './diff-of-dicts.ts';
import { dataOfYaml, yamlOf } from './yaml-text.ts';

const bindParse = parameters('fromjson', 'string', 'default?');
const bindPrint = parameters('tojson', 'value', 'default?', 'sort_keys?');

/** `fromjson` and `fromyaml`: data from text, the default when the text is none. */
function parsing(name: string, parse: (text: string) => unknown): Value {
  return hostFunction(name, (call) => {
    const [text, fallback] = bindParse(call);
    try {
      const data = parse(expectText(text ?? null, 'text'));
      return fromHost(data);
    } catch {
      return fallback ?? null;
    }
  });
}

function setOf({ args, state }: CallSite, isStrict: boolean): Value {
  const [value = null, fallback = null] = args;
  try {
    return new SetValue(itemsOf(value, state.budget));
  } catch (error) {
    if (isStrict) throw error;
    return fallback ?? null;
  }
}

function zipOr({ args, kwargs, state }: CallSite): Value {
  try {
    return zipped({ args, state });
  } catch {
    return kwargs.get('default') ?? null;
  }
}

function zipped({ args, state }: Pick<CallSite, 'args' | 'state'>): Value {
  const lists = args.map((each) => itemsOf(each, state.budget));
  const shortest = Math.min(
    ...lists.map((list) => list.length),
    lists.length === 0 ? 0 : Number.POSITIVE_INFINITY,
  );
  const rows = Array.from(
    { length: shortest },
    (_, i) => new TupleValue(lists.map((list) => list[i] ?? null)),
  );
  return new ListValue(rows);
}

/** Functions of data and text that every template has: JSON, YAML, sets, `zip`, `local_md5`. */
export const textFunctions: Readonly<Record<string, Value>> = {
  fromjson: parsing('fromjson', (text) => JSON.parse(text)),
  fromyaml: parsing('fromyaml', dataOfYaml),
  tojson: hostFunction('tojson', (call) => {
    const [value, , sorted] = bindPrint(call);
    return toJson(value ?? null, { sortKeys: sorted === true, indent: undefined }, call.state.budget);
  }),
  toyaml: hostFunction('toyaml', (call) => {
    const [value, , sorted] = bindPrint(call);
    return yamlOf(plainOf(value ?? null), sorted === true);
  }),
  set: hostFunction('set', (call) => setOf(call, false)),
  set_strict: hostFunction('set_strict', (call) => setOf(call, true)),
  zip: hostFunction('zip', zipOr),
  zip_strict: hostFunction('zip_strict', zipped),
  diff_of_two_dicts: hostFunction('diff_of_two_dicts', ({ args, state }) =>
    diffOfDicts(args[0] ?? null, args[1] ?? null, state.budget),
  ),
  local_md5: hostFunction('local_md5', ({ args }) => {
    const [text] = args;
    if (typeof text !== 'string') throw typeFault('local_md5() takes text');
    return createHash('md5').update(text).digest('hex');
  }),
};

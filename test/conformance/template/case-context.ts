import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import { returnFunction } from '#shared/template/host/return-function.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { IteratorValue } from '#shared/template/values/iterator-value.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { SetValue } from '#shared/template/values/set-value.ts';
import { toRepr, toText } from '#shared/template/values/to-text.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after, type Wait } from '#shared/template/values/wait.ts';
import { relation } from './relation.ts';

/** The context every case of jinja.json expects. */
export function caseContext(): Map<string, Value> {
  return new Map<string, Value>([
    ['x', 3n],
    ['l3', new ListValue(['p', 'q'])],
    ['f', named('f', (call) => `F${text(one(call)[0] ?? null, call)}`)],
    ['fk', named('fk', fk)],
    ['config', named('config', () => '')],
    ['log', named('log', () => '')],
    ['return', returnFunction],
    ['zip', named('zip', zip)],
    ['set', named('set', (call) => new SetValue(itemsOf(one(call)[0] ?? null, call.state.budget)))],
    ['statement', named('statement', statement)],
    ['dt', date('2024', '01', '02')],
    ...projectNames(),
  ]);
}

function projectNames(): [string, Value][] {
  return [
    ['ref', named('ref', ref)],
    [
      'source',
      named('source', (call) => relation(text(call.args[0] ?? null, call), text(call.args[1] ?? null, call))),
    ],
    ['this', relation('sch', 'me')],
    ['var', named('var', (call) => (call.args[0] === 'yes' ? 'Y' : (call.args[1] ?? null)))],
    ['env_var', named('env_var', (call) => call.args[1] ?? null)],
    ['target', new HostRecord('Target', { name: 'dev', schema: 'sch', type: 'postgres' })],
    ['is_incremental', named('is_incremental', () => true)],
    [
      'exceptions',
      new HostRecord('Exceptions', { raise_compiler_error: named('raise_compiler_error', raise) }),
    ],
    [
      'modules',
      new HostRecord('Modules', { datetime: new HostRecord('datetime', { date: named('date', makeDate) }) }),
    ],
    ['adapter', new HostRecord('Adapter', { dispatch: named('dispatch', dispatch) })],
    ['dbt_utils', new HostRecord('Package', { star: named('star', star) })],
  ];
}

const one = parameters('function', 'a?');
const bindFk = parameters('fk', 'a', 'b?');
const bindStar = parameters('star', 'from', 'except?');
const bindStatement = parameters('statement', 'name', 'fetch_result?', 'caller?');

function named(name: string, run: (call: CallSite) => Wait<Value>): Value {
  return hostFunction(name, run);
}

function text(value: Value, call: CallSite): string {
  return toText(value, call.state.budget);
}

function fk(call: CallSite): Value {
  const [a = null, b = null] = bindFk(call);
  return `${text(a, call)}/${text(b, call)}`;
}

function zip(call: CallSite): Value {
  const lists = call.args.map((arg) => itemsOf(arg, call.state.budget));
  const length = Math.min(...lists.map((list) => list.length));
  return new IteratorValue(
    Array.from({ length }, (_, index) => new TupleValue(lists.map((list) => list[index] ?? null))),
    'zip',
  );
}

function ref(call: CallSite): Value {
  const version = call.kwargs.get('v') ?? call.kwargs.get('version');
  const name = text(call.args.at(-1) ?? null, call);
  return relation('sch', version === undefined ? name : `${name}_v${text(version, call)}`);
}

function raise(call: CallSite): Value {
  return raiseFromTemplate(text(call.args[0] ?? null, call));
}

function dispatch(call: CallSite): Value {
  const [name = null] = call.args;
  return named('dispatched', (inner) => {
    const { budget } = inner.state;
    const args = toRepr(new ListValue([...inner.args]), budget);
    return `${text(name, call)}${args}${toRepr(new DictValue(inner.kwargs), budget)}`;
  });
}

function star(call: CallSite): Value {
  const [from = null, except = new ListValue()] = bindStar(call);
  const names = itemsOf(except, call.state.budget).map((item) => text(item, call));
  return `STAR(${text(from, call)},${names.join(',')})`;
}

function statement(call: CallSite): Wait<Value> {
  const [name = null, fetchResult = null, caller = null] = bindStatement(call);
  const body = call.state.invoke(caller, []);
  return after(body, (sql) => `STMT ${text(name, call)} ${text(fetchResult, call)} [${text(sql, call)}]`);
}

function makeDate(call: CallSite): Value {
  const [year = '', month = '', day = ''] = call.args.map((part) => text(part, call).padStart(2, '0'));
  return date(year, month, day);
}

function date(year: string, month: string, day: string): Value {
  const parts = new Map([
    ['%Y', year],
    ['%m', month],
    ['%d', day],
  ]);
  const format = named('strftime', (call) =>
    text(call.args[0] ?? null, call).replace(/%[Ymd]/g, (part) => parts.get(part) ?? part),
  );
  return new HostRecord('date', { strftime: format });
}

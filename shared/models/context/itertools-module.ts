import { valueFault } from '#shared/template/failures/template-fault.ts';
import { expectCount } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import { operate } from '#shared/template/values/arithmetic.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';

/** Lists given by position, each walked to its end. */
const listsOf = ({ args, state }: CallSite): (readonly Value[])[] =>
  args.map((each) => itemsOf(each, state.budget));

const tuples = (rows: readonly (readonly Value[])[]): Value =>
  new ListValue(rows.map((row) => new TupleValue([...row])));

/** Arguments `(items, r)` of combinations and permutations. */
function chosenFrom({ args, kwargs, state }: CallSite): { items: readonly Value[]; size: number } {
  const items = itemsOf(args[0] ?? null, state.budget);
  const size = args[1] ?? kwargs.get('r');
  return { items, size: size === undefined || size === null ? items.length : expectCount(size, 'r') };
}

/**
 * Every way to put items at `size` places in a row, in the order of their positions.
 *
 * @param next positions that may follow those taken.
 */
function arranged(
  { items, size }: { items: readonly Value[]; size: number },
  budget: Budget,
  next: (taken: readonly number[]) => readonly number[],
): Value {
  if (size < 0) throw valueFault('r must be non-negative');
  let rows: readonly (readonly number[])[] = [[]];
  for (let place = 0; place < size && rows.length > 0; place += 1) {
    rows = rows.flatMap((taken) => {
      const following = next(taken);
      budget.step(1 + following.length * (taken.length + 1));
      return following.map((position) => [...taken, position]);
    });
  }
  return tuples(rows.map((row) => row.map((position) => items[position] ?? null)));
}

const from = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);

function product(call: CallSite): Value {
  const repeat = expectCount(call.kwargs.get('repeat') ?? 1n, 'repeat');
  const lists = Array.from({ length: Math.max(0, Math.min(repeat, 100)) }, () => listsOf(call)).flat();
  let rows: readonly (readonly Value[])[] = [[]];
  for (const list of lists) {
    call.state.budget.step(rows.length * (list.length + 1));
    rows = rows.flatMap((row) => list.map((item) => [...row, item]));
  }
  return tuples(rows);
}

function zipLongest(call: CallSite): Value {
  const lists = listsOf(call);
  const fill = call.kwargs.get('fillvalue') ?? null;
  const longest = Math.max(0, ...lists.map((list) => list.length));
  call.state.budget.step(longest * lists.length);
  return tuples(
    from(0, longest).map((row) => lists.map((list) => (row < list.length ? (list[row] ?? null) : fill))),
  );
}

function islice({ args, state }: CallSite): Value {
  const items = itemsOf(args[0] ?? null, state.budget);
  const numbers = args.slice(1).map((each) => (each === null ? undefined : expectCount(each, 'a limit')));
  const [start = 0, stop = items.length, step = 1] = args.length > 2 ? numbers : [0, ...numbers];
  if (start < 0 || stop < 0 || step < 1) throw valueFault('islice() takes limits from 0 and steps from 1');
  return new ListValue(items.slice(start, stop).filter((_, index) => index % step === 0));
}

function accumulate({ args, state }: CallSite): Value {
  const sums: Value[] = [];
  for (const item of itemsOf(args[0] ?? null, state.budget)) {
    const last = sums.at(-1);
    sums.push(last === undefined ? item : operate('+', last, item, state.budget));
  }
  return new ListValue(sums);
}

function repeated({ args, kwargs, state }: CallSite): Value {
  const times = args[1] ?? kwargs.get('times');
  if (times === undefined) throw valueFault('repeat() without times would not end');
  const count = Math.max(0, expectCount(times, 'times'));
  state.budget.step(count);
  return new ListValue(Array.from({ length: count }, () => args[0] ?? null));
}

const functions: Readonly<Record<string, (call: CallSite) => Value>> = {
  chain: (call) => new ListValue(listsOf(call).flat()),
  product,
  zip_longest: zipLongest,
  islice,
  accumulate,
  repeat: repeated,
  compress: (call) => {
    const [data = [], selectors = []] = listsOf(call);
    return new ListValue(data.filter((_, index) => isTrue(selectors[index] ?? null)));
  },
  combinations: (call) => {
    const chosen = chosenFrom(call);
    return arranged(chosen, call.state.budget, (taken) =>
      from((taken.at(-1) ?? -1) + 1, chosen.items.length),
    );
  },
  combinations_with_replacement: (call) => {
    const chosen = chosenFrom(call);
    return arranged(chosen, call.state.budget, (taken) => from(taken.at(-1) ?? 0, chosen.items.length));
  },
  permutations: (call) => {
    const chosen = chosenFrom(call);
    const all = from(0, chosen.items.length);
    return arranged(chosen, call.state.budget, (taken) =>
      all.filter((position) => !taken.includes(position)),
    );
  },
};

/** `modules.itertools`, of what ends: results are lists, where Python has iterators. */
export const itertoolsModule = new HostRecord(
  'module',
  Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, hostFunction(name, run)])),
);

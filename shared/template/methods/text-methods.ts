import type { CallSite } from '../values/call-site.ts';
import type { Method, MethodTable } from './method-table.ts';
import { textCaseMethods } from './text-case.ts';
import { textFormatMethods } from './text-format.ts';
import { textPadMethods } from './text-pad.ts';
import { textPredicates } from './text-predicates.ts';
import { textSearchMethods } from './text-search.ts';
import { textSplitMethods } from './text-split.ts';
import { textStripMethods } from './text-strip.ts';

const groups: readonly MethodTable<string>[] = [
  textCaseMethods,
  textFormatMethods,
  textPadMethods,
  textPredicates,
  textSearchMethods,
  textSplitMethods,
  textStripMethods,
];

/** All methods of str. Each pays for reading its text before it starts. */
export const textMethods: MethodTable<string> = new Map(
  groups.flatMap((group) =>
    [...group].map(([name, method]): [string, Method<string>] => [name, paying(method)]),
  ),
);

function paying(method: Method<string>): Method<string> {
  return (self: string, call: CallSite) => {
    call.state.budget.text(self.length);
    return method(self, call);
  };
}

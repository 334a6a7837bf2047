import { typeFault } from '../failures/template-fault.ts';
import { formatText } from '../format/format-text.ts';
import { parameters } from '../host/parameters.ts';
import { DictValue } from '../values/dict-value.ts';
import type { Value } from '../values/value.ts';
import { methodTable } from './method-table.ts';

const bindMap = parameters('format_map', 'mapping');

export const textFormatMethods = methodTable<string>({
  format: (self, call) => formatText(self, call),
  format_map: (self, call) => {
    const [mapping = null] = bindMap(call);
    if (!(mapping instanceof DictValue)) throw typeFault('format_map() needs a dictionary');
    const kwargs = new Map<string, Value>();
    for (const [key, value] of mapping.entries()) if (typeof key === 'string') kwargs.set(key, value);
    return formatText(self, { args: [], kwargs, state: call.state });
  },
});

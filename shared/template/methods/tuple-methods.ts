import type { TupleValue } from '../values/tuple-value.ts';
import { countItem, indexOfItem } from './find-item.ts';
import { methodTable } from './method-table.ts';

export const tupleMethods = methodTable<TupleValue>({
  count: (self, call) => countItem(self.items, call),
  index: (self, call) => indexOfItem(self.items, 'tuple', call),
});

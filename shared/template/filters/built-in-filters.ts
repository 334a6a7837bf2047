import type { FilterTable } from './filter-table.ts';
import { generalFilters } from './general-filters.ts';
import { markupFilters } from './markup-filters.ts';
import { numberFilters } from './number-filters.ts';
import { orderingFilters } from './ordering-filters.ts';
import { selectionFilters } from './selection-filters.ts';
import { sequenceFilters } from './sequence-filters.ts';
import { textFilters } from './text-filters.ts';
import { urlFilters } from './url-filters.ts';

/** Every filter Jinja brings along. */
export const builtInFilters: FilterTable = new Map([
  ...generalFilters,
  ...markupFilters,
  ...numberFilters,
  ...orderingFilters,
  ...selectionFilters,
  ...sequenceFilters,
  ...textFilters,
  ...urlFilters,
]);

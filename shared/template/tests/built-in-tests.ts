import type { TestFunction } from '../values/call-site.ts';
import { comparisonTests } from './comparison-tests.ts';
import { numberTests } from './number-tests.ts';
import { typeTests } from './type-tests.ts';

/** Every test Jinja brings along. */
export const builtInTests: ReadonlyMap<string, TestFunction> = new Map([
  ...comparisonTests,
  ...numberTests,
  ...typeTests,
]);

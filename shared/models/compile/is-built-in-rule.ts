import { BUILT_IN_PACKAGE } from './macro-library.ts';
import type { ProjectScope } from './render-scope.ts';

/**
 * Whether a macro that projects override is the built-in one, and dispatches to the built-in one, for nodes of a package: then what
 * it answers may be said without rendering it.
 */
export function isBuiltInRule(macro: string, from: string, { library, target }: ProjectScope): boolean {
  const called = library.find(macro, from);
  const dispatched = library.dispatched(macro, BUILT_IN_PACKAGE, target.type, from);
  return called?.packageName === BUILT_IN_PACKAGE && dispatched?.packageName === BUILT_IN_PACKAGE;
}

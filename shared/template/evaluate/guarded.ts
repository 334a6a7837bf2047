import type { Wait } from '../values/wait.ts';
import type { Run } from './run.ts';

/** Runs `work` and turns whatever it throws, now or later, into a TemplateError. */
export function guarded<T>(run: Run, work: () => Wait<T>): Wait<T> {
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.catch((thrown: unknown) => {
      throw run.errorOf(thrown);
    });
  } catch (thrown) {
    throw run.errorOf(thrown);
  }
}

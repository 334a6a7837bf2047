import type { ProcessControl } from '#shared/lifecycle/run-until-signal.ts';

/** What `128 + n` a shell reports for an interrupted process. */
const FORCED_EXIT_CODE = 130;

/**
 * Turns the first signal into an abort and the second into an end at once. For verbs that are no service.
 *
 * @param onFirst what is said at the first signal.
 */
export function abortOnSignal(control: ProcessControl, onFirst: string): AbortSignal {
  const controller = new AbortController();
  control.onSignal(() => {
    if (controller.signal.aborted) return control.exit(FORCED_EXIT_CODE);
    control.say(onFirst);
    controller.abort(new Interrupted());
  });
  return controller.signal;
}

/** Somebody pressed Ctrl-C: no failure to explain. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

import type { Step, StepProbe } from '#shared/lifecycle/step-probe.ts';

/** One place where services are held. */
export interface Gate {
  /** Resolves once a service has arrived. */
  readonly arrived: Promise<void>;
  /** Lets it go on, and everyone after it. */
  open(): void;
}

/** A probe whose steps a test can hold, to put something in between. */
export class GateProbe implements StepProbe {
  readonly #held = new Map<string, { arrive: () => void; opened: Promise<void> }>();
  /** Every step passed so far, as `step:subject`. */
  readonly passed: string[] = [];

  /** Holds the next service that comes to this step. Ask before it can come there. */
  hold(step: Step, subject: string): Gate {
    const arrival = Promise.withResolvers<void>();
    const opening = Promise.withResolvers<void>();
    const key = `${step}:${subject}`;
    this.#held.set(key, { arrive: arrival.resolve, opened: opening.promise });
    return {
      arrived: arrival.promise,
      open: () => {
        this.#held.delete(key);
        opening.resolve();
      },
    };
  }

  async reached(step: Step, subject: string): Promise<void> {
    const key = `${step}:${subject}`;
    const gate = this.#held.get(key);
    if (gate !== undefined) {
      gate.arrive();
      await gate.opened;
    }
    this.passed.push(key);
  }
}

import { type Step, type StepProbe, silentProbe } from './step-probe.ts';

/**
 * A probe that kills this very process with SIGKILL at one step, as a power cut would: nothing is flushed, no handler
 * runs. For chaos tests only; without a step it is the silent probe of production.
 *
 * @param at `<step>` or `<step>:<subject>`, e.g. `load.archived:installments`.
 */
export function crashingProbe(at: string | undefined): StepProbe {
  if (at === undefined || at === '') return silentProbe;
  return {
    reached: async (step: Step, subject: string) => {
      if (at !== step && at !== `${step}:${subject}`) return;
      process.kill(process.pid, 'SIGKILL');
      // The signal is on its way; nothing of ours may run until it has come.
      await new Promise(() => {});
    },
  };
}

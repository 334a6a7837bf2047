/**
 * The named instants between two durable effects at which a process can die.
 *
 * Services announce them through a {@link StepProbe}; in production it does nothing, chaos tests kill or
 * hold the process there.
 */
export const STEPS = [
  'plan.tasks-inserted',
  'plan.tasks-marked',
  'plan.before-close',
  'extract.slice-read',
  'extract.window-opened',
  'extract.snapshot-taken',
  'extract.file-written',
  'extract.file-recorded',
  'extract.finished',
  'load.started',
  'load.mid-load',
  'load.loaded',
  'load.file-moved',
  'load.archived',
  'merge.started',
  'merge.tested',
  'merge.committed',
  'merge.before-watermark',
  'merge.after-watermark',
  'models.built',
  'models.tested',
  'models.published',
] as const;

export type Step = (typeof STEPS)[number];

/** Called with the step just completed and the stream (or model) it concerned. */
export interface StepProbe {
  reached(step: Step, subject: string): Promise<void>;
}

/** The probe of production: every step is passed without waiting. */
export const silentProbe: StepProbe = { reached: async () => {} };

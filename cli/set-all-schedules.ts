import { setSchedulePaused } from '#shared/ledger/schedule-state.ts';
import type { Stores } from './stores.ts';

/** Pauses or resumes every schedule of every pipeline. */
export async function setAllSchedules(
  { ledger, pipelines }: Pick<Stores, 'ledger' | 'pipelines'>,
  paused: boolean,
  who: string,
): Promise<void> {
  for (const { name, schedules } of pipelines.values()) {
    for (const schedule of Object.keys(schedules)) {
      await setSchedulePaused(ledger, name, schedule, paused, who);
    }
  }
}

import { expect, test } from 'vitest';
import { seededRandom } from '#test/support/seeded-random.ts';
import { type Fleet, mergeNothing, type StateInput, startFleet, state, troubles } from './fleet-fixture.ts';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2026-02-20T00:00:00Z');

/** Five devices over 40 days, at odd times, with gaps; everything a signal is made of falls, rises and stays. */
function history(draw: () => number): StateInput[] {
  return Array.from({ length: 160 }, (_, at) => ({
    device: 1 + Math.floor(draw() * 5),
    customer: 1 + Math.floor(draw() * 2),
    at: new Date(FIRST + Math.floor((draw() * 40 * DAY_MS) / 1_000) * 1_000 + at).toISOString(),
    uptime: Math.floor(draw() * 5) * 1_000,
    calibrations: Math.floor(draw() * 4),
    online: draw() < 0.6,
    embedded: draw() < 0.5 ? '3.5.2' : '3.6.1',
  }));
}

const shuffled = <T>(all: readonly T[], draw: () => number): T[] =>
  all
    .map((one) => ({ one, by: draw() }))
    .toSorted((a, b) => a.by - b.by)
    .map(({ one }) => one);

const MODELS = [
  'silver.stg_last_updates_per_day',
  'gold.last_updates_per_day',
  'gold.devices_offline_per_firmware_week',
  'gold.customer_figures',
  'gold.device_anomalies',
];

/** Rows of every model, without what says when and by which build they were written. */
async function everything(fleet: Fleet): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of MODELS) {
    const rows = await fleet.rows(
      `select to_jsonb(t) - '_build' - '_bronze_loaded_at' as row from fleet_${name} t order by (to_jsonb(t) - '_build' - '_bronze_loaded_at')::text`,
    );
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

test.each([
  [1, 'UTC'],
  [2, 'UTC'],
  [3, 'Europe/Berlin'],
] as const)(
  'in whatever order snapshots arrive, the rows are those of one build of all, seed %i in %s',
  async (seed, zone) => {
    // The clocks of Berlin are changed on 29 March.
    const vars = { zone };
    const draw = seededRandom(seed);
    const all = history(draw);
    const [whole, piecemeal] = [await startFleet({ vars }), await startFleet({ vars })];
    try {
      await whole.merge('device_states', all.map(state));
      await mergeNothing(whole, 'device_states');
      expect(troubles(await whole.build('2026-03-31'))).toEqual([]);
      const late = shuffled(all, draw);
      await mergeNothing(piecemeal, 'device_states');
      while (late.length > 0) {
        // Some builds see one batch, some several; some rows come twice.
        for (let batches = Math.ceil(draw() * 3); batches > 0; batches -= 1) {
          const batch = late.splice(0, 1 + Math.floor(draw() * 40));
          if (draw() < 0.3) batch.push(...shuffled(all, draw).slice(0, 3));
          const distinct = [...new Map(batch.map((one) => [`${one.device} ${one.at}`, one])).values()];
          if (distinct.length > 0) await piecemeal.merge('device_states', distinct.map(state));
        }
        expect(troubles(await piecemeal.build('2026-03-31'))).toEqual([]);
      }
      expect(await everything(piecemeal)).toEqual(await everything(whole));
    } finally {
      await whole.stop();
      await piecemeal.stop();
    }
  },
);

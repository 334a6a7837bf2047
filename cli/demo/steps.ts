import { applyChanges, type Changes } from '#dev/oltp/changes.ts';
import { fillOltp } from '#dev/oltp/fill.ts';
import { withClient } from '#dev/oltp/with-client.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { planRun } from '#shared/runs/plan-run.ts';
import { duration, grouped } from '../table.ts';
import { demoRun, describeRun } from './demo-run.ts';
import type { DemoState } from './demo-state.ts';
import { beginLateCommit } from './late-commit.ts';
import { compareBronze, type LayerComparison } from './layers.ts';
import { waitPastMargin } from './past-margin.ts';
import type { Step } from './progress.ts';

/** The story of the demo, once servers and services run. */
export function demoSteps(state: DemoState): Step[] {
  const today = (): Date => new Date();
  return [
    fill(state),
    runStep(state, 'first load', () => state.firstDay),
    changes(state),
    runStep(state, 'second run, the next day', today),
    lateCommit(state),
    runStep(state, 'third run', today),
    runStep(state, 'fourth run, nothing changed', today),
  ];
}

function dayOf({ platform }: DemoState, logicalTime: Date): string {
  return planRun(pipelineNamed(platform.pipelines, 'credit'), { kind: 'manual', logicalTime }).asOf;
}

function fill(state: DemoState): Step {
  return {
    title: 'services started, OLTP filled',
    run: async () => {
      const startedAt = performance.now();
      const { companies, installments, seed } = state.options;
      const today = dayOf(state, state.firstDay);
      const filled = await fillOltp(state.platform.dev.oltpOwnerUrl, {
        companies,
        installments,
        seed,
        today,
      });
      await state.services;
      const rows = `${grouped(filled.companies)} companies, ${grouped(filled.installments)} instalments`;
      return { summary: `${rows}, seed ${seed}, ${duration(performance.now() - startedAt)}` };
    },
  };
}

function runStep(state: DemoState, title: string, logicalTime: () => Date): Step {
  return {
    title,
    run: async (say) => {
      const run = await demoRun(state, title, logicalTime(), say);
      state.runs.push(run);
      if (state.firstGoldMs === 0) state.firstGoldMs = performance.now();
      say('comparing source and bronze row for row');
      const { summary, details } = describeRun(run);
      return { summary, details: [...details, describeAgreement(await compareBronze(state))] };
    },
  };
}

function describeAgreement(compared: readonly LayerComparison[]): string {
  const parts = compared.map(({ stream, rows, onlyInSource, onlyHere, agrees }) =>
    agrees
      ? `${stream} agrees (${grouped(rows)} rows)`
      : `${stream} DIFFERS (${grouped(onlyInSource)} rows only in the source, ${grouped(onlyHere)} only in bronze)`,
  );
  return `source and bronze, row for row: ${parts.join(', ')}`;
}

function changes(state: DemoState): Step {
  return {
    title: 'changes',
    run: async (say) => {
      const url = state.platform.dev.oltpOwnerUrl;
      const { changed, at } = await withClient(url, async (client) => {
        const applied = await applyChanges(client, dayOf(state, new Date()));
        const { rows } = await client.query<{ at: string }>('select clock_timestamp()::text as at');
        return { changed: applied, at: rows[0]?.at ?? '' };
      });
      await untilPastMargin(state, at, 'the changes', say);
      state.late = await beginLateCommit(url);
      const late = `pid ${state.late.pid} has changed 3 companies, added one, and does not commit yet`;
      return { summary: describeChanges(changed), details: [late] };
    },
  };
}

function describeChanges(changed: Changes): string {
  return [
    `${grouped(changed.inserted)} instalments inserted`,
    `${grouped(changed.paid)} paid`,
    `${grouped(changed.cancelled)} payments cancelled (date back to NULL)`,
    `${grouped(changed.companiesUpdated)} companies updated`,
  ].join(', ');
}

function lateCommit(state: DemoState): Step {
  return {
    title: 'late commit',
    run: async (say) => {
      const { late } = state;
      if (late === undefined) throw new Error('no transaction was left open');
      await late.commit();
      await untilPastMargin(state, late.startedAt, 'the late transaction', say);
      return { summary: `pid ${late.pid} has committed rows older than the second run's` };
    },
  };
}

/** Says what it waits for: the margin is a promise of the pipeline, not an idle pause. */
async function untilPastMargin(
  { platform, signal }: DemoState,
  since: string,
  what: string,
  say: (text: string) => void,
): Promise<void> {
  const source = platform.pipelines.get('credit')?.sources['oltp'];
  const marginMs = source?.kind === 'postgres' ? source.marginMs : 0;
  say(`waiting until the source's clock has left ${what} ${duration(marginMs)} behind, its safety margin`);
  await waitPastMargin(platform.dev.oltpOwnerUrl, since, marginMs, signal);
}

import { NO_RUN_FLAGS, type RunFlags, type SelectionFlags } from '#shared/models/invoke/invocation.ts';
import type { ProjectFlags, RunningFlags, SelectFlags } from './transform-flags.ts';

/** The selection that flags make. */
export function selectionOf(flags: SelectFlags): SelectionFlags {
  const { selector, indirectSelection, state } = flags;
  return {
    select: [...(flags.select ?? []), ...(flags.models ?? [])],
    exclude: flags.exclude ?? [],
    resourceTypes: [...(flags.resourceType ?? []), ...(flags.resourceTypes ?? [])],
    excludeResourceTypes: [...(flags.excludeResourceType ?? []), ...(flags.excludeResourceTypes ?? [])],
    ...(selector === undefined ? {} : { selector }),
    ...(indirectSelection === undefined ? {} : { indirectSelection }),
    ...(state === undefined ? {} : { state }),
  };
}

/** How nodes run, as flags say it. */
export function runFlagsOf(flags: RunningFlags & SelectFlags & ProjectFlags): RunFlags {
  const { eventTimeStart, eventTimeEnd, sample } = flags;
  const deferState = flags.deferState ?? flags.state;
  return {
    ...NO_RUN_FLAGS,
    fullRefresh: flags.fullRefresh === true,
    failFast: flags.failFast === true,
    storeFailures: flags.storeFailures === true,
    empty: flags.empty === true,
    defer: flags.defer === true,
    favorState: flags.favorState === true,
    warnError: flags.warnError === true,
    ...(deferState === undefined ? {} : { deferState }),
    ...(eventTimeStart === undefined ? {} : { eventTimeStart }),
    ...(eventTimeEnd === undefined ? {} : { eventTimeEnd }),
    ...(sample === undefined ? {} : { sample }),
  };
}

import { resolve } from 'node:path';
import { NO_RUN_FLAGS, type RunFlags, type SelectionFlags } from '#shared/models/invoke/invocation.ts';
import { PLAIN_WARNINGS, readWarningRules, type WarningRules } from '#shared/models/invoke/warning-rules.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { ProjectFlags, RunningFlags, SelectFlags } from './transform-flags.ts';

/** The selection that flags make. @param cwd what a relative folder is below. */
export function selectionOf(flags: SelectFlags, cwd: string): SelectionFlags {
  const { selector, indirectSelection, state } = flags;
  return {
    select: [...(flags.select ?? []), ...(flags.models ?? []), ...(flags.model ?? [])],
    exclude: flags.exclude ?? [],
    resourceTypes: [...(flags.resourceType ?? []), ...(flags.resourceTypes ?? [])],
    excludeResourceTypes: [...(flags.excludeResourceType ?? []), ...(flags.excludeResourceTypes ?? [])],
    ...(selector === undefined ? {} : { selector }),
    ...(indirectSelection === undefined ? {} : { indirectSelection }),
    ...(state === undefined ? {} : { state: resolve(cwd, state) }),
  };
}

/** Which warnings are errors: by the command line, else by `flags:` of the project. @param project those flags. */
export function warningRulesOf(
  { warnError, warnErrorOptions }: ProjectFlags,
  project: Readonly<Record<string, unknown>> = {},
): WarningRules {
  if (warnErrorOptions !== undefined) return warnErrorOptions;
  if (warnError ?? project['warn_error'] === true) return { ...PLAIN_WARNINGS, error: 'all' };
  const options = project['warn_error_options'];
  if (warnError === false || typeof options !== 'object' || options === null) return PLAIN_WARNINGS;
  return readWarningRules({ ...options }) ?? PLAIN_WARNINGS;
}

/** Whether a build publishes only what passed: by the command line, else by `flags:` of the project. */
export const isAudited = ({ audit }: RunningFlags, { graph }: LoadedProject): boolean =>
  audit ?? graph.settings.flags['penstock_audit'] === true;

/** How nodes run, as flags say it. @param project `flags:` of its settings, which hold where the command line says nothing. */
export function runFlagsOf(
  flags: RunningFlags & SelectFlags & ProjectFlags,
  cwd: string,
  project: Readonly<Record<string, unknown>> = {},
): RunFlags {
  const { eventTimeStart, eventTimeEnd, sample } = flags;
  const isOn = (given: boolean | undefined, name: string): boolean => given ?? project[name] === true;
  const deferState = flags.deferState ?? flags.state;
  return {
    ...NO_RUN_FLAGS,
    fullRefresh: isOn(flags.fullRefresh, 'full_refresh'),
    failFast: isOn(flags.failFast, 'fail_fast'),
    storeFailures: isOn(flags.storeFailures, 'store_failures'),
    empty: flags.empty === true,
    defer: flags.defer === true,
    favorState: flags.favorState === true,
    warnings: warningRulesOf(flags, project),
    ...(deferState === undefined ? {} : { deferState: resolve(cwd, deferState) }),
    ...(eventTimeStart === undefined ? {} : { eventTimeStart }),
    ...(eventTimeEnd === undefined ? {} : { eventTimeEnd }),
    ...(sample === undefined ? {} : { sample }),
  };
}

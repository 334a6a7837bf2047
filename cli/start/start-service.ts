import { extractorService } from '#services/extractor/service.ts';
import { loaderService } from '#services/loader/service.ts';
import { schedulerService } from '#services/scheduler/service.ts';
import { transformerService } from '#services/transformer/service.ts';
import { runUntilSignal } from '#shared/lifecycle/run-until-signal.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { checkAll, type Part } from '../check/check-all.ts';
import { describeFindings, hasProblems } from '../check/finding.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type OutputFlags, toJson } from '../output.ts';
import type { ServiceName } from './service-names.ts';

const SERVICES = {
  scheduler: schedulerService,
  extractor: extractorService,
  loader: loaderService,
  transformer: transformerService,
} as const;

/** What a service cannot work without. A source that is down stops its own streams only, so it stops no start. */
const NEEDS: Readonly<Record<ServiceName, readonly Part[]>> = {
  scheduler: ['configuration', 'ledger', 'queue', 'warehouse', 'landing'],
  extractor: ['configuration', 'ledger', 'queue', 'landing', 'work folder'],
  loader: ['configuration', 'ledger', 'queue', 'warehouse', 'landing', 'work folder'],
  transformer: ['configuration', 'ledger', 'queue', 'warehouse', 'landing', 'work folder', 'projects'],
};

/** Runs one service until a signal, unless something it needs is not there: then every problem is named at once. */
export async function startService(
  context: CliContext,
  name: ServiceName,
  flags: OutputFlags,
): Promise<void> {
  const findings = await checkAll(context, NEEDS[name]);
  if (hasProblems(findings)) {
    context.control.say(`the ${name} does not start:\n${describeFindings(findings)}`);
    if (flags.json === true) context.write(`${toJson({ started: false, findings })}\n`);
    return context.setExitCode(EXIT.failed);
  }
  const input = await serviceInput(context.environment, context.cwd, true);
  await runUntilSignal([SERVICES[name](input)], context.control, input.settings.drainMs);
}

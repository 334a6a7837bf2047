import { Argument, type Command } from 'commander';
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
import { withExamples } from '../flags.ts';
import type { OutputFlags } from '../output.ts';
import { toJson } from '../output.ts';

const SERVICES = {
  scheduler: schedulerService,
  extractor: extractorService,
  loader: loaderService,
  transformer: transformerService,
} as const;

type ServiceName = keyof typeof SERVICES;

/** What a service cannot work without. A source that is down stops its own streams only, so it stops no start. */
const NEEDS: Readonly<Record<ServiceName, readonly Part[]>> = {
  scheduler: ['configuration', 'ledger', 'queue', 'warehouse', 'landing'],
  extractor: ['configuration', 'ledger', 'queue', 'landing', 'work folder'],
  loader: ['configuration', 'ledger', 'queue', 'warehouse', 'landing', 'work folder'],
  transformer: ['configuration', 'ledger', 'queue', 'warehouse', 'landing', 'work folder', 'projects'],
};

export function addStart(program: Command, context: CliContext): Command {
  const command = program
    .command('start')
    .description('run one service until SIGTERM; the first signal drains, a second one forces')
    .addArgument(new Argument('<service>', 'which one').choices(Object.keys(SERVICES)))
    .action((service: ServiceName, flags: OutputFlags) => start(context, service, flags));
  return withExamples(command, 'start scheduler', 'start extractor');
}

async function start(context: CliContext, name: ServiceName, flags: OutputFlags): Promise<void> {
  const findings = await checkAll(context, NEEDS[name]);
  if (hasProblems(findings)) {
    context.control.say(`the ${name} does not start:\n${describeFindings(findings)}`);
    if (flags.json === true) context.write(`${toJson({ started: false, findings })}\n`);
    return context.setExitCode(EXIT.failed);
  }
  const input = await serviceInput(context.environment, context.cwd, true);
  await runUntilSignal([SERVICES[name](input)], context.control, input.settings.drainMs);
}

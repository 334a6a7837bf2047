import type { Command } from 'commander';
import { describeFindings, hasProblems } from '../check/finding.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';

export function addCheck(program: Command, context: CliContext): Command {
  const command = program
    .command('check')
    .description('look at configuration, servers, sources and models, and list every problem at once')
    .action(async (flags: OutputFlags) => {
      const { checkAll } = await import('../check/check-all.ts');
      const findings = await checkAll(context);
      const ok = !hasProblems(findings);
      printResult(context, flags, { ok, findings }, () => describeFindings(findings));
      if (!ok) context.setExitCode(EXIT.failed);
    });
  return withExamples(command, 'check');
}

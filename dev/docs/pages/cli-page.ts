import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { buildProgram } from '#cli/program.ts';
import type { Page } from '../page.ts';

export const cliPage: Page = { file: 'cli.md', title: 'Command line', body: renderCli };

/** Nothing is run, so the outside world is empty. */
const nowhere: CliContext = {
  environment: {},
  cwd: '/',
  control: { onSignal: () => undefined, exit: () => undefined, say: () => undefined },
  write: () => undefined,
  setExitCode: () => undefined,
  interactive: false,
  color: false,
};

function renderCli(): string {
  const program = buildProgram(nowhere);
  return [helpOf(program), ...program.commands.flatMap((verb) => sections(verb, 'penstock'))].join('\n\n');
}

/** A verb's help, then that of the verbs below it. */
function sections(verb: Command, above: string): string[] {
  const name = `${above} ${verb.name()}`;
  const own = `${above === 'penstock' ? '##' : '###'} ${name}\n\n${helpOf(verb)}`;
  return [own, ...verb.commands.flatMap((below) => sections(below, name))];
}

/** The whole help, examples included. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return `\`\`\`text\n${help.trim()}\n\`\`\``;
}

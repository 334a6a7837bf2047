import { type Command, Option } from 'commander';

/** What scripts of users of the original pass, and what needs no doing here. */
const ACCEPTED = [
  '--partial-parse',
  '--no-partial-parse',
  '--partial-parse-file-path <path>',
  '--partial-parse-file-diff',
  '--no-partial-parse-file-diff',
  '--static-parser',
  '--no-static-parser',
  '--version-check',
  '--use-colors',
  '--use-colors-file',
  '--no-use-colors-file',
  '--populate-cache',
  '--no-populate-cache',
  '--cache-selected-only',
  '--no-cache-selected-only',
  '--send-anonymous-usage-stats',
  '--no-send-anonymous-usage-stats',
  '--use-experimental-parser',
  '--no-use-experimental-parser',
  '--use-fast-test-edges',
  '--no-use-fast-test-edges',
  '--introspect',
  '--no-introspect',
  '--show-resource-report',
  '--no-show-resource-report',
  '--show-all-deprecations',
  '--no-show-all-deprecations',
  '--macro-debugging',
  '--no-macro-debugging',
  '--print',
  '--write-json',
  '--no-debug',
  '--no-quiet',
  '--no-single-threaded',
  '--log-level-file <level>',
  '--log-format-file <format>',
  '--log-path <dir>',
  '--log-file-max-bytes <n>',
  '--log-cache-events',
  '--no-log-cache-events',
  '--printer-width <n>',
  '-r, --record-timing-info <file>',
  '--upload-to-artifacts-ingest-api',
  '--no-upload-to-artifacts-ingest-api',
  '--no-warn-error',
  '-x, --fail-fast',
  '--no-fail-fast',
  '--defer',
  '--no-defer',
  '--defer-state <dir>',
  '--state <dir>',
  '--favor-state',
  '--no-favor-state',
  '--no-empty',
  '--indirect-selection <mode>',
];

/** Adds, hidden from help, whatever of those flags a verb has not got by itself. Call it last. */
export function withAcceptedFlags(command: Command): Command {
  for (const flag of ACCEPTED) {
    // A negation without its opposite would make the opposite the default.
    if (flag.startsWith('--no-')) add(command, `--${flag.slice('--no-'.length)}`);
    add(command, flag);
  }
  add(command, '--single-threaded');
  return command;
}

function add(command: Command, flag: string): void {
  const option = new Option(flag, 'accepted').hideHelp();
  if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
}

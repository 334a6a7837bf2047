import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { wholeNumber, withExamples } from '../flags.ts';
import { type ProjectFlags, type SelectFlags, withProjectFlags, withSelectFlags } from './transform-flags.ts';

export interface DocsFlags extends ProjectFlags, SelectFlags {
  readonly compile?: boolean;
  readonly emptyCatalog?: boolean;
  readonly static?: boolean;
}

export interface DocsServeFlags extends ProjectFlags {
  readonly host: string;
  readonly port: number;
}

/** Adds `docs generate` and `docs serve`. */
export function addDocsVerb(transform: Command, context: CliContext): void {
  const docs = transform
    .command('docs')
    .description('what a project and its tables are, for people and tools');
  docs.addHelpText(
    'after',
    '\nExample:\n  $ penstock transform docs generate\n  $ penstock transform docs serve',
  );
  addGenerate(docs, context);
  addServe(docs, context);
}

function addGenerate(docs: Command, context: CliContext): void {
  const command = docs.command('generate').description('write manifest.json, catalog.json and index.html');
  withSelectFlags(command)
    .option('--no-compile', 'without compiled SQL in the manifest')
    .option('--empty-catalog', 'do not ask the warehouse what stands')
    .option('--static', 'also as static_index.html; index.html holds everything anyway');
  withProjectFlags(command).action(async (flags: DocsFlags) => {
    const { docsVerb } = await import('./docs-verb.ts');
    await docsVerb(context, flags);
  });
  withExamples(command, 'transform docs generate --target prod');
}

function addServe(docs: Command, context: CliContext): void {
  const command = docs
    .command('serve')
    .description('show what docs generate wrote at an address, until Ctrl-C')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any that is free', wholeNumber(0), 8080)
    .addOption(new Option('--browser', 'accepted').hideHelp())
    .addOption(new Option('--no-browser', 'accepted').hideHelp());
  withProjectFlags(command).action(async (flags: DocsServeFlags) => {
    const { docsServe } = await import('./docs-serve.ts');
    await docsServe(context, flags);
  });
  withExamples(command, 'transform docs serve --port 8081');
}

import { parseArgs } from 'node:util';
import { DEFAULT_FILL } from './default-fill.ts';
import type { FillOptions } from './fill.ts';

export interface FillFlags extends FillOptions {
  readonly url: string;
}

export const HELP = `Fills an empty OLTP database for the credit pipeline. The same flags give the same rows.

  node dev/oltp/main.ts --url postgresql://owner@host/database [flags]

  --url           owner's connection; the schema oltp is created when it is not there
  --companies     rows of oltp.cnpj_ws, default ${DEFAULT_FILL.companies}
  --installments  rows of oltp.installments, default ${DEFAULT_FILL.installments}
  --seed          decides the rows, default ${DEFAULT_FILL.seed}
  --today         the day the data ends at, YYYY-MM-DD, default today in UTC
  --help          this text
`;

/**
 * Reads the generator's flags.
 *
 * @param today what `--today` is when it is not given.
 * @returns undefined when help was asked for.
 * @throws Error that says which flag is wrong.
 */
export function parseFlags(args: readonly string[], today: string): FillFlags | undefined {
  const text = { type: 'string' } as const;
  const options = { url: text, companies: text, installments: text, seed: text, today: text } as const;
  const { values } = parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean' } } });
  if (values.help) return undefined;
  const { url = '' } = values;
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) throw new Error('--url needs a postgresql:// URL');
  return {
    url,
    companies: wholeNumber('companies', values.companies, 1, 100_000_000),
    installments: wholeNumber('installments', values.installments, 0, 1_000_000_000),
    seed: wholeNumber('seed', values.seed, 0, 4_294_967_295),
    today: dayOf(values.today ?? today),
  };
}

function wholeNumber(
  flag: 'companies' | 'installments' | 'seed',
  text: string | undefined,
  low: number,
  high: number,
): number {
  if (text === undefined) return DEFAULT_FILL[flag];
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new Error(`--${flag} needs a whole number from ${low} to ${high}`);
}

function dayOf(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)) {
    return text;
  }
  throw new Error('--today needs a day as YYYY-MM-DD');
}

import { type Command, InvalidArgumentError } from 'commander';

/** Adds what every verb has: `--json`, and examples below its help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const listed = examples.map((example) => `  $ penstock ${example}`).join('\n');
  return command
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExample${examples.length === 1 ? '' : 's'}:\n${listed}`);
}

/** Parser of a whole number at least `min`, for `option()`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`It must be a whole number, at least ${min}.`);
  };
}

/** Parser of a calendar day, `YYYY-MM-DD`. */
export function calendarDate(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)) {
    return text;
  }
  throw new InvalidArgumentError('It must be a day as YYYY-MM-DD.');
}

/** Collects an option that may be given several times. */
export const collected = (text: string, before: readonly string[] = []): string[] => [...before, text];

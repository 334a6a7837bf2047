/** What was found of one part: its problems in words, none when all is well. */
export interface Finding {
  /** `ledger`, `source credit/oltp`, … */
  readonly part: string;
  readonly problems: readonly string[];
  /** Why it could not be looked at; null when it was. */
  readonly skipped: string | null;
  /** What is probably wrong but stops nothing; absent when nothing is. */
  readonly warnings?: readonly string[];
}

export const hasProblems = (findings: readonly Finding[]): boolean =>
  findings.some(({ problems }) => problems.length > 0);

/** One line a part that is well, one line a problem or warning. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings.map(describe).join('');
}

function describe({ part, problems, skipped, warnings = [] }: Finding): string {
  if (skipped !== null) return `–  ${part}: not checked, ${skipped}\n`;
  const state = problems.length === 0 ? `ok ${part}\n` : '';
  const told = [...problems.map((problem) => ['✗', problem]), ...warnings.map((warning) => ['!', warning])];
  return state + told.map(([mark, text]) => `${mark}  ${part}: ${text}\n`).join('');
}

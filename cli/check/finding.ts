/** What was found of one part: its problems in words, none when all is well. */
export interface Finding {
  /** `ledger`, `source credit/oltp`, … */
  readonly part: string;
  readonly problems: readonly string[];
  /** Why it could not be looked at; null when it was. */
  readonly skipped: string | null;
}

export const hasProblems = (findings: readonly Finding[]): boolean =>
  findings.some(({ problems }) => problems.length > 0);

/** One line a part that is well, one line a problem. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings.map(describe).join('');
}

function describe({ part, problems, skipped }: Finding): string {
  if (skipped !== null) return `–  ${part}: not checked, ${skipped}\n`;
  if (problems.length === 0) return `ok ${part}\n`;
  return problems.map((problem) => `✗  ${part}: ${problem}\n`).join('');
}

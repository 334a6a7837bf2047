/** Which side of the bar is good. */
export type Direction = 'at least' | 'at most';

/** One line of the table of figures. */
export interface Figure {
  readonly name: string;
  readonly what: string;
  /** In `unit`; the median of the rounds where there were several. */
  readonly value: number;
  readonly unit: string;
  readonly direction: Direction;
  readonly bar: number;
  /** All that was measured, per round. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** How large the benches are and how often they are repeated. */
export interface BenchOptions {
  /** 1 is the size the bars are set for; smaller runs only show that everything works. */
  readonly scale: number;
  readonly rounds: number;
  /** Told what goes on. */
  readonly say: (line: string) => void;
  /** Variables that child processes are started with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A bench makes one figure or several that share their measurements. */
export interface Bench {
  readonly names: readonly string[];
  readonly run: (options: BenchOptions) => Promise<readonly Figure[]>;
  /** Left out unless asked for by name. */
  readonly onlyByName?: boolean;
}

export function isMet({ value, direction, bar }: Figure): boolean {
  return direction === 'at least' ? value >= bar : value <= bar;
}

/** `ok      extract  0.62 of rows/s (at least 0.5)  PostgreSQL → Parquet` */
export function figureLine(figure: Figure): string {
  const { name, value, unit, direction, bar, what } = figure;
  const verdict = isMet(figure) ? 'ok    ' : 'MISSED';
  return `${verdict}  ${name.padEnd(22)} ${rounded(value)} ${unit} (${direction} ${bar})  ${what}`;
}

/** Three significant digits and no exponent: what a figure on a shared machine is worth. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** @param share 0.99 for the 99th percentile, nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

import { BrokenNames } from './broken-names.ts';

/** One thing wrong with a project. Loading collects all of them before it fails. */
export interface ProjectProblem {
  /** Relative to the project's folder. */
  readonly file: string;
  /** 1-based; 1 where the place inside the file is not known. */
  readonly line: number;
  /** 1-based, where it is known. */
  readonly column?: number;
  readonly cause: string;
  /** Of a warning: the name `warn_error_options` knows it by. */
  readonly warning?: string;
}

/** Collects problems while a project loads, so that an author sees every one in one go. */
export class ProblemList {
  /** What has a problem itself. */
  readonly broken = new BrokenNames();
  readonly #problems: ProjectProblem[] = [];

  add(file: string, line: number, cause: string, column?: number): void {
    this.#problems.push({ file, line, cause, ...(column === undefined ? {} : { column }) });
  }

  /** All problems by file and line. */
  all(): ProjectProblem[] {
    return [...this.#problems].sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    );
  }
}

/** `file:line:column cause`, one per line; without the column where it is not known. */
export function describeProblems(problems: readonly ProjectProblem[]): string {
  const place = ({ file, line, column }: ProjectProblem): string =>
    column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
  return problems.map((problem) => `${place(problem)} ${problem.cause}`).join('\n  ');
}

/** One thing wrong with a project. Loading collects all of them before it fails. */
export interface ProjectProblem {
  /** Relative to the project's folder. */
  readonly file: string;
  /** 1-based; 1 where the place inside the file is not known. */
  readonly line: number;
  readonly cause: string;
  /** Of a warning: the name `warn_error_options` knows it by. */
  readonly warning?: string;
}

/** Collects problems while a project loads, so that an author sees every one in one go. */
export class ProblemList {
  readonly #problems: ProjectProblem[] = [];

  add(file: string, line: number, cause: string): void {
    this.#problems.push({ file, line, cause });
  }

  /** All problems by file and line. */
  all(): ProjectProblem[] {
    return [...this.#problems].sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    );
  }
}

/** `file:line cause`, one per line. */
export function describeProblems(problems: readonly ProjectProblem[]): string {
  return problems.map(({ file, line, cause }) => `${file}:${line} ${cause}`).join('\n  ');
}

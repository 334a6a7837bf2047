import { Listr } from 'listr2';

/** One step on the way, told to whoever watches. */
export interface Step {
  readonly title: string;
  /**
   * @param say replaces what is shown while the step runs.
   * @returns what is left on the screen: what came out, and details below it.
   */
  run(
    say: (text: string) => void,
  ): Promise<{ readonly summary: string; readonly details?: readonly string[] }>;
}

export interface Screen {
  /** `lines` for a pipe, `silent` where one JSON document is wanted. */
  readonly kind: 'terminal' | 'lines' | 'silent';
  readonly write: (text: string) => void;
}

/** Runs steps one after the other; the first that throws ends them. */
export async function runSteps(steps: readonly Step[], screen: Screen): Promise<void> {
  if (screen.kind === 'terminal') return runOnTerminal(steps);
  const write = screen.kind === 'lines' ? screen.write : () => {};
  for (const step of steps) {
    const { summary, details = [] } = await step.run(changesOnly((text) => write(`  … ${text}\n`)));
    write(`${step.title}: ${summary}\n`);
    for (const line of details) write(`    ${line}\n`);
  }
}

function changesOnly(say: (text: string) => void): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) say(text);
    last = text;
  };
}

async function runOnTerminal(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
    task: async (_context: unknown, task: { title: string | undefined; output: string | undefined }) => {
      const say = (text: string): void => {
        task.title = `${step.title}: ${text}`;
      };
      const { summary, details = [] } = await step.run(say);
      task.title = `${step.title}: ${summary}`;
      if (details.length > 0) task.output = details.join('\n');
    },
  }));
  // Signals belong to main.ts.
  await new Listr(tasks, {
    registerSignalListeners: false,
    rendererOptions: { showErrorMessage: false },
  }).run();
}

import type { Step, StepProbe } from '#shared/lifecycle/step-probe.ts';
import type { MarkForms } from './mark-forms.ts';
import { searchFiles } from './search-files.ts';

/** Steps at which there is something in the work folder that will soon be gone. */
const STEPS: ReadonlySet<Step> = new Set<Step>([
  'extract.slice-read',
  'extract.window-opened',
  'extract.file-written',
]);
const PAUSE_MS = 2_000;

/** Searches the work folder while services are at their steps: what is spooled, converted and not yet stored. */
export class SearchingProbe implements StepProbe {
  readonly found: string[] = [];
  files = 0;
  readonly #folder: string;
  readonly #forms: MarkForms;
  #nextMs = 0;

  constructor(folder: string, forms: MarkForms) {
    this.#folder = folder;
    this.#forms = forms;
  }

  async reached(step: Step): Promise<void> {
    if (!STEPS.has(step) || performance.now() < this.#nextMs) return;
    this.#nextMs = Number.POSITIVE_INFINITY;
    const { found, files } = await searchFiles(this.#folder, this.#forms);
    this.found.push(...found);
    this.files += files;
    // A look at an empty folder proves nothing and costs nothing: the next step looks again.
    this.#nextMs = files > 0 ? performance.now() + PAUSE_MS : 0;
  }
}

import { TemplateFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';

/** Text being written, within the output limit. */
export class Output {
  text = '';
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  append(piece: string): void {
    const { outputCharacters } = this.#budget.limits;
    if (this.text.length + piece.length > outputCharacters) {
      throw new TemplateFault('limit', `output of more than ${outputCharacters} characters`);
    }
    this.#budget.text(piece.length);
    this.text += piece;
  }
}

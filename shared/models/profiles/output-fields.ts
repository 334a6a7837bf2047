import type { YamlMapping } from '../project/read-yaml.ts';

/** Reads the fields of one output of a profile, and adds a problem for each that does not fit. Values are never in a problem. */
export class OutputFields {
  readonly #output: YamlMapping;
  readonly #problem: (key: string, cause: string) => void;

  constructor(output: YamlMapping, problem: (key: string, cause: string) => void) {
    this.#output = output;
    this.#problem = problem;
  }

  /** The first of these keys that is there; naming two of them is a problem. */
  #pick(keys: readonly string[]): [string, unknown] | undefined {
    const given = keys.filter((key) => this.#output[key] !== undefined && this.#output[key] !== null);
    const [key, second] = given;
    if (key === undefined) return undefined;
    if (second !== undefined) this.#problem(second, `${keys.join(' and ')} mean the same: keep one of them`);
    return [key, this.#output[key]];
  }

  /** Text; a number would lose its written form, so it has to be quoted. */
  text(...keys: readonly string[]): string | undefined {
    const picked = this.#pick(keys);
    if (picked === undefined) return undefined;
    if (typeof picked[1] === 'string') return picked[1];
    this.#problem(picked[0], `${picked[0]}: must be text: put it in quotes`);
    return '';
  }

  required(...keys: readonly string[]): string {
    const text = this.text(...keys);
    if (text === undefined) this.#problem('', `${keys.join(' or ')}: is missing`);
    return text ?? '';
  }

  /** A whole number, also as text, as `env_var` gives it. */
  whole(key: string, least: number, most: number): number | undefined {
    const picked = this.#pick([key]);
    if (picked === undefined) return undefined;
    const value = typeof picked[1] === 'string' && /^\d+$/.test(picked[1]) ? Number(picked[1]) : picked[1];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.#problem(key, `${key}: must be a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** One of some words. */
  word<T extends string>(key: string, words: readonly T[]): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const word = words.find((one) => one === text);
    if (word === undefined) this.#problem(key, `${key}: must be one of ${words.join(', ')}`);
    return word;
  }
}

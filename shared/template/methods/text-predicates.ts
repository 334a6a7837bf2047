import { isWhiteSpace } from '../values/white-space.ts';
import { methodTable } from './method-table.ts';

const cased = /[\p{Lu}\p{Ll}\p{Lt}]/u;
const upper = /[\p{Lu}\p{Lt}]/u;

/** True when the text has a letter with case and none of the other case. */
export function isLower(text: string): boolean {
  return cased.test(text) && !upper.test(text);
}

export function isUpper(text: string): boolean {
  return cased.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text);
}

function isTitle(text: string): boolean {
  let afterLetter = false;
  for (const character of text) {
    if (!cased.test(character)) afterLetter = false;
    else if (upper.test(character) === afterLetter) return false;
    else afterLetter = true;
  }
  return cased.test(text);
}

export const textPredicates = methodTable<string>({
  isalpha: (self) => /^\p{L}+$/u.test(self),
  isalnum: (self) => /^[\p{L}\p{N}]+$/u.test(self),
  isdigit: (self) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u.test(self),
  isdecimal: (self) => /^\p{Nd}+$/u.test(self),
  isnumeric: (self) => /^\p{N}+$/u.test(self),
  isspace: isWhiteSpace,
  islower: isLower,
  isupper: isUpper,
  istitle: isTitle,
  isascii: (self) => /^[\0-\x7f]*$/.test(self),
  isidentifier: (self) => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self),
  isprintable: (self) => !/[\p{C}\p{Z}]/u.test(self.replaceAll(' ', '')),
});

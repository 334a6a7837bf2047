import { methodTable } from './method-table.ts';

const cased = /[\p{Lu}\p{Ll}\p{Lt}]/u;

/** One character as a capital; of one that becomes several, only the first is: `ß` gives `Ss`. */
function titleCharacter(character: string): string {
  const [first = '', ...rest] = character.toUpperCase();
  return first + rest.join('').toLowerCase();
}

/** Python's title(): a letter after anything that is no letter is a capital. */
export function titleCase(text: string): string {
  let out = '';
  let afterLetter = false;
  for (const character of text) {
    out += afterLetter ? character.toLowerCase() : titleCharacter(character);
    afterLetter = cased.test(character);
  }
  return out;
}

/** Python's capitalize(): the first character upper, all others lower. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return titleCharacter(first) + text.slice(first.length).toLowerCase();
}

export const textCaseMethods = methodTable<string>({
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase().replaceAll('ß', 'ss'),
  capitalize,
  title: titleCase,
  swapcase: (self) =>
    Array.from(self, (character) => {
      const upper = character.toUpperCase();
      return upper === character ? character.toLowerCase() : upper;
    }).join(''),
});

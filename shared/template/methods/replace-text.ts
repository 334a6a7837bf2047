import type { Budget } from '../limits/budget.ts';
import { codePoints } from '../values/code-points.ts';

/**
 * Python's str.replace.
 *
 * @param limit how often at most; negative means always.
 */
export function replaceText(
  text: string,
  old: string,
  replacement: string,
  limit: number,
  budget: Budget,
): string {
  budget.scan(text.length);
  const times = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  if (old === '') return spread(text, replacement, times, budget);
  const parts: string[] = [];
  let from = 0;
  for (let done = 0; done < times; done += 1) {
    const at = text.indexOf(old, from);
    if (at === -1) break;
    budget.step();
    budget.text(replacement.length + at - from);
    parts.push(text.slice(from, at), replacement);
    from = at + old.length;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}

/** An empty text is found before every character and at the end. */
function spread(text: string, replacement: string, times: number, budget: Budget): string {
  const characters = codePoints(text);
  const places = Math.min(times, characters.length + 1);
  budget.step(characters.length);
  budget.text(text.length + replacement.length * places);
  const parts = characters.map((character, index) => (index < places ? replacement + character : character));
  return parts.join('') + (places > characters.length ? replacement : '');
}

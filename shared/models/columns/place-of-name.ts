import { BUILT_IN_PACKAGE } from '../compile/macro-library.ts';
import type { LoadedProject } from '../load/load-project.ts';

/** Comments of templates and of SQL. */
const COMMENTS = /\{#[\s\S]*?#\}|--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * Line of a template that writes a name as a whole word outside of comments, 1-based; undefined when none does.
 *
 * @param name a column or key.
 */
export function lineOfName(template: string, name: string): number | undefined {
  const blank = (comment: string): string => comment.replaceAll(/[^\n]/g, ' ');
  const text = template.replaceAll(COMMENTS, blank).toLowerCase();
  const word = name.toLowerCase();
  const isPart = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);
  let at = text.indexOf(word);
  while (at >= 0 && (isPart(text[at - 1]) || isPart(text[at + word.length]))) at = text.indexOf(word, at + 1);
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

/** Where macros of the project and its packages write a name, `file:line`; undefined when none does. */
export function macroPlaceOfName({ scope }: LoadedProject, name: string): string | undefined {
  for (const { packageName, file, template } of scope.library.all()) {
    const line = packageName === BUILT_IN_PACKAGE ? undefined : lineOfName(template.tree.source, name);
    if (line !== undefined) return `${file}:${line}`;
  }
  return undefined;
}

/** Line of a byte of compiled SQL, 1-based. */
export const lineOfByte = (sql: string, at: number): number =>
  Buffer.from(sql).subarray(0, at).toString().split('\n').length;

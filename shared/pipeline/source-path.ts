const NAME = '[A-Za-z_][A-Za-z0-9_-]*';
const ROWS = new RegExp(`^${NAME}(?:\\[\\])?(?:\\.${NAME}(?:\\[\\])?)*$`);
const FIELD = new RegExp(`^(?:(\\^*)(?:${NAME}(?:\\.${NAME})*)?|\\$([A-Za-z]+))$`);
const DROPPED = new RegExp(`^\\^*${NAME}(?:\\[\\])?(?:\\.${NAME}(?:\\[\\])?)*$`);
const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Why `text` cannot say where rows stand in an answer; undefined when it can. The empty path is the answer itself. */
export function rowsPathProblem(text: string): string | undefined {
  if (text === '' || (ROWS.test(text) && text.endsWith('[]'))) return undefined;
  return `rows ${JSON.stringify(text)} must be empty or names joined by dots, arrays marked by [], the last one an array`;
}

/** Arrays around a row. */
export const arraysOf = (rows: string): number => rows.split('[]').length - 1;

/** Where a field's value comes from: a variable of the engine, or names in the row or in something around it. */
export interface FieldPath {
  /** Name without its `$`; undefined for a path. */
  readonly variable: string | undefined;
  /** How many arrays further out: 0 is the row. */
  readonly outwards: number;
}

/** Reads a path of a field; undefined when it is none. The empty path is the row itself. */
export function fieldPath(text: string): FieldPath | undefined {
  const found = FIELD.exec(text);
  return found === null ? undefined : { variable: found[2], outwards: found[1]?.length ?? 0 };
}

/** True for a path of something that is dropped: names joined by dots, `^` for what is around the row, arrays marked by []. */
export const isDroppedPath = (text: string): boolean => DROPPED.test(text);

/** Names in braces, in order. */
export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

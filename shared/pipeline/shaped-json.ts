import { z } from 'zod';
import { valueCheck } from './check-value.ts';
import { type Field, type FieldType, isShape, type JsonShape } from './field.ts';

/**
 * The schema of a shaped JSON column's landed text. It gives back the text with nothing but the declared keys, in
 * declared order and without white space; objects that hold none of them are left out. An object that is absent, or
 * null, is one of which every key is absent. Issues name keys and codes, never values.
 */
export function shapedJsonZod(shape: JsonShape): z.ZodType<string, string> {
  const schema = objectZod(shape);
  return z.string().transform((text, context) => {
    const result = schema.safeParse(parseExactly(text));
    if (result.success) return result.data === ABSENT ? '{}' : result.data;
    for (const { message, path } of result.error.issues)
      context.addIssue({ code: 'custom', message, path: [...path] });
    return z.NEVER;
  });
}

/** A part as JSON text; empty where it is left out. */
type Part = z.ZodType<string, unknown>;

const ABSENT = '';
/** Anything or nothing: what may be absent is the checks' business. */
const ANY = z.unknown().optional();

function objectZod({ keys }: JsonShape): Part {
  const parts = Object.entries(keys).map(
    ([key, part]) => [key, isShape(part) ? objectZod(part) : leafZod(part)] as const,
  );
  const object = z.object(Object.fromEntries(parts), { error: 'type' }).transform((texts) => {
    const present = Object.entries(texts).filter(([, text]) => text !== ABSENT);
    const members = present.map(([key, text]) => `${JSON.stringify(key)}:${text}`);
    return members.length === 0 ? ABSENT : `{${members.join(',')}}`;
  });
  return ANY.transform((value) => (value instanceof NumberText ? value.text : (value ?? {}))).pipe(object);
}

function leafZod(field: Field): Part {
  const check = valueCheck(field);
  return ANY.transform((value, context) => {
    const text = canonicalLeaf(field.type, value);
    const code = text === undefined ? 'type' : check(text);
    if (code === undefined) return value === undefined ? ABSENT : jsonText(value);
    context.addIssue({ code: 'custom', message: code, input: undefined });
    return z.NEVER;
  });
}

/** What a JSON value is as canonical text; undefined when it is of another kind than the type is written in. */
function canonicalLeaf(type: FieldType, value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  switch (type.kind) {
    case 'int32':
    case 'int64':
    case 'float64':
    case 'decimal':
      return value instanceof NumberText ? value.text : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'array': {
      const { of } = type;
      if (!Array.isArray(value)) return undefined;
      const elements = value.map((element) => canonicalLeaf(of, element));
      return elements.includes(undefined) ? undefined : JSON.stringify(elements);
    }
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

function jsonText(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  return Array.isArray(value) ? `[${value.map(jsonText).join(',')}]` : JSON.stringify(value);
}

/** A number as it is written, since JavaScript's own would round it. */
class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

function parseExactly(text: string): unknown {
  const reviver: SourceReviver = (_, value, { source }) =>
    typeof value === 'number' ? new NumberText(source ?? '') : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

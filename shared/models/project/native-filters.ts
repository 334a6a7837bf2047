import { TemplateError } from '#shared/template/failures/template-error.ts';
import type { FilterFunction } from '#shared/template/values/call-site.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * Text that a filter says means something other than text. It only counts where it is all that is rendered: anywhere else it is the text
 * it was, as in the original (`NativeMarker`), so that `target.type == 'x' | as_bool` compares texts.
 */
class MarkedText extends HostObject {
  readonly typeName = 'str';
  readonly kind: Kind;
  readonly text: string;

  constructor(kind: Kind, text: string) {
    super();
    this.kind = kind;
    this.text = text;
  }

  override toText(): string {
    return this.text;
  }

  override equals(other: Value): boolean {
    return (other instanceof MarkedText ? other.text : other) === this.text;
  }

  override isTrue(): boolean {
    return this.text !== '';
  }
}

type Kind = 'bool' | 'number' | 'native';

const marking =
  (kind: Kind): FilterFunction =>
  (value, call) =>
    new MarkedText(kind, toText(value, call.state.budget));

/** The filters that give a rendered YAML value another type than text, as in the original. */
export const asFilters: Readonly<Record<string, FilterFunction>> = {
  as_text: (value, call) => toText(value, call.state.budget),
  as_bool: marking('bool'),
  as_number: marking('number'),
  as_native: marking('native'),
};

/**
 * The value a marked text means; undefined for any other value.
 *
 * @throws TemplateError when the text is no bool or number although it was said to be.
 */
export function meaningOf(value: Value): { readonly value: unknown } | undefined {
  return value instanceof MarkedText ? { value: read(value) } : undefined;
}

function read({ kind, text }: MarkedText): unknown {
  const value = literal(text);
  if (kind === 'bool' && typeof value !== 'boolean')
    throw notA('as_bool: the value is neither True nor False');
  if (kind === 'number' && typeof value !== 'number') throw notA('as_number: the value is no number');
  return value;
}

/** Python literals that matter here: bools, None, numbers, quoted text; anything else is text. */
function literal(text: string): unknown {
  const trimmed = text.trim();
  if (/^true$/i.test(trimmed)) return true;
  if (/^false$/i.test(trimmed)) return false;
  if (trimmed === 'None') return null;
  if (/^[+-]?(\d[\d_]*)?\.?\d+([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
  return quoted?.[2] ?? text;
}

const notA = (problem: string): TemplateError =>
  new TemplateError('value', problem, { file: '', line: 1, column: 1, lineText: '' });

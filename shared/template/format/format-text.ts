import { valueFault } from '../failures/template-fault.ts';
import type { CallSite } from '../values/call-site.ts';
import { presentOr } from '../values/present.ts';
import { asciiOnly } from '../values/text-repr.ts';
import { toRepr, toText } from '../values/to-text.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { formatValue } from './format-value.ts';

/** Python's str.format. Fields reach attributes and items only as templates do. */
export function formatText(template: string, call: CallSite): string {
  return new Formatter(call).format(template, 2);
}

class Formatter {
  readonly #call: CallSite;
  /** Next automatic field; undefined once fields are numbered by hand. */
  #automatic: number | undefined;
  #isManual = false;

  constructor(call: CallSite) {
    this.#call = call;
  }

  format(template: string, depth: number): string {
    if (depth < 0) throw valueFault('Max string recursion exceeded');
    const { budget } = this.#call.state;
    let out = '';
    for (let at = 0; at < template.length; ) {
      const brace = nextBrace(template, at);
      out += template.slice(at, brace);
      const character = template.charAt(brace);
      if (character === '') break;
      if (template.charAt(brace + 1) === character) {
        out += character;
        at = brace + 2;
        continue;
      }
      if (character === '}') throw valueFault("Single '}' encountered in format string");
      const end = fieldEnd(template, brace);
      const field = this.#field(template.slice(brace + 1, end), depth);
      budget.text(field.length);
      budget.step();
      out += field;
      at = end + 1;
    }
    return out;
  }

  #field(field: string, depth: number): string {
    const parts = /^(?<name>[^!:]*)(?:!(?<conversion>[\s\S]?))?(?::(?<spec>[\s\S]*))?$/.exec(field)?.groups;
    if (parts === undefined) throw valueFault("expected ':' after conversion specifier");
    const value = this.#convert(this.#lookup(parts['name'] ?? ''), parts['conversion']);
    const spec = parts['spec'] ?? '';
    return formatValue(
      value,
      spec.includes('{') ? this.format(spec, depth - 1) : spec,
      this.#call.state.budget,
    );
  }

  #convert(value: Value, conversion: string | undefined): Value {
    const { budget } = this.#call.state;
    switch (conversion) {
      case undefined:
        return value;
      case 'r':
        return toRepr(value, budget);
      case 's':
        return toText(value, budget);
      case 'a':
        return asciiOnly(toRepr(value, budget));
      default:
        throw valueFault('Unknown conversion specifier');
    }
  }

  #lookup(path: string): Value {
    const head = /^[^.[]*/.exec(path)?.[0] ?? '';
    let value = this.#argument(head);
    const rest = path.slice(head.length);
    const steps = [...rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)];
    if (steps.map((step) => step[0]).join('') !== rest) throw valueFault('Empty attribute in format string');
    for (const [, name, key] of steps) value = this.#step(value, name, key);
    return value;
  }

  #step(value: Value, name: string | undefined, key: string | undefined): Value {
    const { state } = this.#call;
    const index: Value = key !== undefined && /^\d+$/.test(key) ? BigInt(key) : (key ?? null);
    const found = name === undefined ? state.item(value, index) : state.attribute(value, name);
    if (value instanceof UndefinedValue) throw value.fault();
    return presentOr(found, () => state.undefinedOf(() => `'${typeName(value)} object' has no such field`));
  }

  #argument(name: string): Value {
    if (name === '' || /^\d+$/.test(name)) return this.#positional(name);
    const value = this.#call.kwargs.get(name);
    if (value === undefined) throw valueFault(`format() has no argument '${name}'`);
    return value;
  }

  #positional(name: string): Value {
    if (name === '' ? this.#isManual : this.#automatic !== undefined) {
      throw valueFault('cannot switch between automatic and manual field numbering');
    }
    this.#isManual = name !== '';
    const index = name === '' ? (this.#automatic ?? 0) : Number(name);
    if (name === '') this.#automatic = index + 1;
    const value = this.#call.args[index];
    if (value === undefined)
      throw valueFault(`Replacement index ${index} out of range for positional args tuple`);
    return value;
  }
}

function nextBrace(template: string, from: number): number {
  for (let at = from; at < template.length; at += 1) {
    const code = template.charCodeAt(at);
    if (code === 123 || code === 125) return at;
  }
  return template.length;
}

/** The brace that closes a field, past the fields inside its specification. */
function fieldEnd(template: string, open: number): number {
  let depth = 0;
  for (let at = open; at < template.length; at += 1) {
    const code = template.charCodeAt(at);
    if (code === 123) depth += 1;
    if (code === 125) depth -= 1;
    if (depth === 0) return at;
  }
  throw valueFault("expected '}' before end of string");
}

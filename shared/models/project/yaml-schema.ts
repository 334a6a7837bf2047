import yaml from 'js-yaml';
import { floatText } from '#shared/template/values/float-text.ts';
import { floatIn, wholeFloat } from '#shared/template/values/whole-float.ts';

function mergeType(): yaml.Type {
  return new yaml.Type('tag:yaml.org,2002:merge', {
    kind: 'scalar',
    resolve: (data: unknown) => data === '<<' || data === null,
  });
}

interface ScalarType {
  readonly name: string;
  /** Undefined for text that is no scalar of this type. */
  readonly read: (text: string) => unknown;
  /** Whether a value is printed as this type, and how. */
  readonly holds: (value: unknown) => boolean;
  readonly print: (value: unknown) => string;
}

function scalar({ name, read, holds, print }: ScalarType): yaml.Type {
  return new yaml.Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    // An empty value comes as null.
    resolve: (data: unknown) =>
      data === null ? name === 'null' : typeof data === 'string' && read(data) !== undefined,
    construct: (data: unknown) => (typeof data === 'string' ? read(data) : null),
    predicate: holds as (data: object) => boolean,
    represent: print as (data: object) => string,
  });
}

const readNull = (text: string): null | undefined =>
  /^(?:~|null|Null|NULL|)$/.test(text) ? null : undefined;

function readBoolean(text: string): boolean | undefined {
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  return /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text) ? false : undefined;
}

const INTEGER =
  /^([-+]?)(?:0b([0-1_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+)|(0|[1-9][0-9_]*)|([1-9][0-9_]*(?::[0-5]?[0-9])+))$/;

function readInteger(text: string): number | string | undefined {
  const [, sign, binary, hex, octal, decimal, minutes] = INTEGER.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const digits = (written: string): string => written.replaceAll('_', '');
  const size =
    binary !== undefined
      ? Number.parseInt(digits(binary), 2)
      : hex !== undefined
        ? Number.parseInt(digits(hex), 16)
        : octal !== undefined
          ? Number.parseInt(digits(octal), 8)
          : minutes !== undefined
            ? baseSixty(digits(minutes))
            : Number(digits(decimal ?? ''));
  // As text it keeps every digit, and prints as the integer would.
  if (!Number.isSafeInteger(size) && decimal !== undefined)
    return `${sign === '-' ? '-' : ''}${digits(decimal)}`;
  return sign === '-' ? -size : size;
}

const FLOAT = /^[-+]?(?:(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const FLOAT_OF_MINUTES = /^([-+]?)([0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

function readFloat(text: string): number | object | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  const [, sign, minutes] = FLOAT_OF_MINUTES.exec(text) ?? [];
  if (minutes !== undefined) return boxed(baseSixty(minutes.replaceAll('_', '')) * (sign === '-' ? -1 : 1));
  return FLOAT.test(text) ? boxed(Number(text.replaceAll('_', ''))) : undefined;
}

const boxed = (value: number): number | object => (Number.isInteger(value) ? wholeFloat(value) : value);

/** `1:30` is ninety. */
const baseSixty = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

const TYPES: readonly ScalarType[] = [
  { name: 'null', read: readNull, holds: (value) => value === null, print: () => 'null' },
  { name: 'bool', read: readBoolean, holds: (value) => typeof value === 'boolean', print: String },
  { name: 'int', read: readInteger, holds: (value) => Number.isInteger(value), print: String },
  {
    name: 'float',
    read: readFloat,
    holds: (value) => typeof value === 'number' || floatIn(value) !== undefined,
    print: (value) => floatText(Number(value)),
  },
];

/**
 * Scalars as PyYAML reads them (YAML 1.1, `resolver.py`): yes, no, on and off are booleans, `010` is octal, `12:30` counts minutes, `1e3`
 * is text, and `1.0` stays a float. Dates stay text, so that they render as they were written.
 */
export const yamlSchema = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [mergeType(), ...TYPES.map(scalar)],
});

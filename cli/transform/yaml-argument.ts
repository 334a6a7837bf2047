import { InvalidArgumentError } from 'commander';
import yaml from 'js-yaml';

/** Parser of a flag that takes a YAML mapping, for `option()`. */
export function yamlArgument(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = yaml.load(text, { schema: yaml.CORE_SCHEMA, json: true });
  } catch {
    throw new InvalidArgumentError("It must be YAML, such as '{region: eu}'.");
  }
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new InvalidArgumentError("It must be a mapping, such as '{region: eu}'.");
  return value as Readonly<Record<string, unknown>>;
}

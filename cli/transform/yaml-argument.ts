import { InvalidArgumentError } from 'commander';
import yaml from 'js-yaml';
import { readWarningRules, type WarningRules } from '#shared/models/invoke/warning-rules.ts';
import { yamlSchema } from '#shared/models/project/yaml-schema.ts';

/** Parser of a flag that takes a YAML mapping, for `option()`. */
export function yamlArgument(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = yaml.load(text, { schema: yamlSchema, json: true });
  } catch {
    throw new InvalidArgumentError("It must be YAML, such as '{region: eu}'.");
  }
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new InvalidArgumentError("It must be a mapping, such as '{region: eu}'.");
  return value as Readonly<Record<string, unknown>>;
}

/** Parser of `--warn-error-options`, for `option()`. */
export function warningRulesArgument(text: string): WarningRules {
  const rules = readWarningRules(yamlArgument(text));
  if (rules !== undefined) return rules;
  throw new InvalidArgumentError("It must be such as '{error: all, warn: [LogTestResult], silence: []}'.");
}

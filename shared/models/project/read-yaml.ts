import yaml from 'js-yaml';
import { floatText } from '#shared/template/values/float-text.ts';
import { floatIn } from '#shared/template/values/whole-float.ts';
import type { ProblemList } from './project-problem.ts';
import { yamlSchema } from './yaml-schema.ts';

/** A YAML mapping as read. */
export type YamlMapping = { readonly [key: string]: unknown };

/** A document with the line each mapping and list in it starts at. */
export interface YamlDocument {
  readonly file: string;
  readonly value: YamlMapping;
  /** 1-based line of a mapping or list of this document, 1 for anything else. */
  lineOf(node: unknown): number;
}

/**
 * Reads one YAML file. `json: true` lets a repeated key win over the earlier one, as PyYAML does.
 *
 * @param file name for messages, relative to the project.
 * @returns undefined when it cannot be read (the problem is added) or is empty.
 */
export function readYaml(file: string, text: string, problems: ProblemList): YamlDocument | undefined {
  const lines = new WeakMap<object, number>();
  const opened: number[] = [];
  try {
    const value = yaml.load(text, {
      filename: file,
      json: true,
      schema: yamlSchema,
      listener(event, state) {
        if (event === 'open') opened.push(state.line + 1);
        else rememberLine(lines, opened.pop() ?? 1, state.result);
      },
    });
    if (value === undefined || value === null) return undefined;
    if (isMapping(value)) return { file, value, lineOf: (node) => lineIn(lines, node) };
    problems.add(file, 1, 'the file holds no mapping');
  } catch (error) {
    problems.broken.addProperties(text);
    problems.add(file, lineOfYamlError(error), reasonOf(error));
  }
  return undefined;
}

function rememberLine(lines: WeakMap<object, number>, line: number, node: unknown): void {
  if (typeof node === 'object' && node !== null && !lines.has(node)) lines.set(node, line);
}

function lineIn(lines: WeakMap<object, number>, node: unknown): number {
  return (typeof node === 'object' && node !== null ? lines.get(node) : undefined) ?? 1;
}

function lineOfYamlError(error: unknown): number {
  return error instanceof yaml.YAMLException ? error.mark.line + 1 : 1;
}

function reasonOf(error: unknown): string {
  if (error instanceof yaml.YAMLException) return error.reason;
  return error instanceof Error ? error.message : 'not YAML';
}

/** True for a YAML mapping. */
export function isMapping(value: unknown): value is YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && floatIn(value) === undefined;
}

/** A mapping as it is; of anything else an empty one. */
export const mappingOf = (value: unknown): YamlMapping => (isMapping(value) ? value : {});

/** The mappings of a list; other entries and non-lists count as none. */
export function mappingsIn(value: unknown): YamlMapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

/** Text of a scalar, else the fallback. */
export function textOr(value: unknown, fallback: string): string {
  if (typeof value === 'string') return value;
  const float = floatIn(value);
  if (float !== undefined) return floatText(float);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : fallback;
}

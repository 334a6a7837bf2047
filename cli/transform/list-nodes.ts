import type { Dictionary } from '#shared/models/artifacts/config-dictionary.ts';
import { dictionariesOf } from '#shared/models/artifacts/manifest.ts';
import { LISTED_KINDS, selectWork } from '#shared/models/invoke/select-work.ts';
import type { CliContext } from '../context.ts';
import { toJson } from '../output.ts';
import type { ListFlags } from './list-verb.ts';
import { withTransform } from './open-transform.ts';
import { selectionOf } from './transform-run.ts';

/** Keys of a line of JSON unless others are asked for (`task/list.py`). */
const KEYS = [
  'alias',
  'name',
  'source_name',
  'tags',
  'config',
  'depends_on',
  'unique_id',
  'resource_type',
  'original_file_path',
  'package_name',
];

/** Prints the selected nodes, sorted by unique id. */
export async function listNodes(context: CliContext, flags: ListFlags): Promise<void> {
  await withTransform(context, flags, async ({ project }) => {
    const selection = selectionOf(flags, context.cwd);
    const kinds = flags.models === undefined ? LISTED_KINDS : (['model'] as const);
    const say = (text: string): void => context.control.say(text);
    const ids = [...(await selectWork(project, selection, kinds, { includeEmpty: true, warn: say }))].sort();
    if (ids.length === 0) say('the selection matches nothing');
    const nodes = dictionariesOf(project);
    const keys = (flags.outputKeys ?? KEYS).flatMap((key) => key.split(/[\s,]+/)).filter(Boolean);
    const found = ids.map((id) => nodes.get(id)).filter((node) => node !== undefined);
    if (flags.json === true) context.write(`${toJson(found.map((node) => picked(node, keys)))}\n`);
    else context.write(found.map((node) => `${lineOf(node, flags.output, keys)}\n`).join(''));
  });
}

function lineOf(node: Dictionary, output: ListFlags['output'], keys: readonly string[]): string {
  switch (output) {
    case 'json':
      return JSON.stringify(picked(node, keys));
    case 'name':
      return searchName(node);
    case 'path':
      return String(node['original_file_path']);
    case 'selector':
      return selectorOf(node);
  }
}

const picked = (node: Dictionary, keys: readonly string[]): Dictionary =>
  Object.fromEntries(Object.entries(node).filter(([key]) => keys.includes(key)));

function searchName(node: Dictionary): string {
  const { name, version, source_name: source } = node;
  if (source !== undefined) return `${String(source)}.${String(name)}`;
  return version === null || version === undefined ? String(name) : `${String(name)}.v${String(version)}`;
}

/** What would select exactly this node. */
function selectorOf(node: Dictionary): string {
  const { resource_type: kind, package_name: own, name, source_name: source, fqn } = node;
  if (kind === 'source') return `source:${String(own)}.${String(source)}.${String(name)}`;
  if (kind === 'exposure' || kind === 'unit_test') return `${kind}:${String(own)}.${String(name)}`;
  return Array.isArray(fqn) ? fqn.join('.') : String(name);
}

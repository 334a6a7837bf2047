import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { listOf, type RawConfig } from '../project/config-tree.ts';
import type { ModelNode } from '../project/project.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';

/** Hooks of a node as materialisations are given them: templates still to be rendered, each with whether it belongs to the transaction. */
export function hooksOf(node: ModelNode, key: 'pre_hook' | 'post_hook'): Value {
  return fromHost(listOf(node.config.raw[key]).map((written, index) => ({ ...readHook(written), index })));
}

/** SQL, `{sql, transaction}`, or that as the JSON text which `before_begin()` and `after_commit()` give. */
function readHook(written: unknown): { sql: string; transaction: boolean } {
  const config: RawConfig | undefined = isMapping(written) ? written : jsonHook(textOr(written, ''));
  if (config === undefined) return { sql: textOr(written, ''), transaction: true };
  return { sql: textOr(config['sql'], ''), transaction: config['transaction'] !== false };
}

function jsonHook(text: string): RawConfig | undefined {
  if (!text.trimStart().startsWith('{"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isMapping(parsed) && 'sql' in parsed ? parsed : undefined;
  } catch {
    return undefined;
  }
}

import type { RawConfig } from '../project/config-tree.ts';
import { textOr } from '../project/read-yaml.ts';

/** What a snapshot's configuration lacks, as the original's `SnapshotConfig.final_validate`; undefined when nothing. */
export function snapshotProblem(raw: RawConfig): string | undefined {
  const has = (key: string): boolean => (raw[key] ?? '') !== '';
  if (!has('strategy') || !has('unique_key')) return 'a snapshot needs a strategy and a unique_key';
  const strategy = textOr(raw['strategy'], '');
  if (strategy === 'check' && !has('check_cols')) return 'a snapshot of strategy check needs check_cols';
  if (strategy === 'timestamp' && !has('updated_at'))
    return 'a snapshot of strategy timestamp needs updated_at';
  return undefined;
}

import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Target } from '../project/project.ts';

/**
 * `target` as templates see it, with the keys of the original (`Profile.to_target_dict`).
 *
 * @param profileName used where the target was not read from a profile.
 */
export function targetValue(target: Target, profileName: string): Value {
  const { shown, printDatabase: _, quoting: __, ...own } = target;
  return fromHost({ profile_name: profileName, ...shown, ...own, target_name: target.name });
}

import type { GroupNode, SemanticEntry } from '../project/other-resources.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { mappingOf } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';

/** Groups of a package. One whose owner has neither name nor e-mail is a problem (`contracts/graph/unparsed.py`). */
export function loadGroups({ own, properties, problems }: Loading): GroupNode[] {
  return [...properties.groups.values()].map(({ name, entry, description, config, file, line }) => {
    const owner = mappingOf(entry['owner']);
    if ((owner['name'] ?? owner['email'] ?? null) === null)
      problems.add(file, line, `group "${name}" needs an owner with name or email`);
    const uniqueId = `group.${own.name}.${name}`;
    return { uniqueId, packageName: own.name, name, description, owner, config, file, line };
  });
}

/** What YAML says of a package's macros, by the macro's unique id. */
export function macroPropertiesOf({ own, properties }: Loading): [string, ResourceProperties][] {
  return [...properties.macros.values()].map((one) => [`macro.${own.name}.${one.name}`, one]);
}

/** Entries for a semantic layer. */
export const semanticOf = ({ own, properties }: Loading): SemanticEntry[] =>
  properties.semantic.map((one) => ({ ...one, packageName: own.name }));

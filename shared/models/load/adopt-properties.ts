import type { ResourceProperties } from '../project/properties.ts';
import { loadPackage, type ParsedPackage } from './load-package.ts';

const KINDS = [
  ['models', 'model'],
  ['seeds', 'seed'],
  ['snapshots', 'snapshot'],
] as const;

/**
 * What YAML says of a model, seed or snapshot that its own package does not have goes to the first package that has one, as in the original
 * (`parser/schemas.py`, `parse_patch`): a project may describe and configure what a package brings. Tests stay where they are declared.
 *
 * @returns the packages, those read anew whose nodes were described elsewhere.
 */
export async function adoptProperties(parsed: readonly ParsedPackage[]): Promise<ParsedPackage[]> {
  const adopted = new Set(parsed.flatMap((from) => adoptedFrom(from, parsed)));
  const whole: ParsedPackage[] = [];
  for (const one of parsed) whole.push(adopted.has(one) ? await loadPackage(one.loading) : one);
  return whole;
}

/** Gives away what is described in one package of others' nodes. @returns who got something. */
function adoptedFrom(from: ParsedPackage, parsed: readonly ParsedPackage[]): ParsedPackage[] {
  return KINDS.flatMap(([kind, nodeKind]) => {
    const strays = [...from.loading.properties[kind].values()].filter(
      (one) => !isVersioned(one) && !holds(from, one.name, undefined),
    );
    return strays.flatMap((one) => {
      const owner = parsed.find((other) => holds(other, one.name, undefined));
      if (owner === undefined || !holds(owner, one.name, nodeKind)) return [];
      const described = owner.loading.properties[kind];
      if (described.has(one.name)) return [];
      described.set(one.name, { ...one, tests: [] });
      return [owner];
    });
  });
}

const isVersioned = ({ entry }: ResourceProperties): boolean => Array.isArray(entry['versions']);

const holds = ({ models }: ParsedPackage, name: string, kind: string | undefined): boolean =>
  models.some(
    (model) =>
      !('disabled' in model) && model.node.name === name && (kind === undefined || model.node.kind === kind),
  );

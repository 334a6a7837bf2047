import { ACCESS, accessOf, groupOf } from '../project/access-of.ts';
import type { NodeNames } from '../project/node-names.ts';
import type { GroupNode } from '../project/other-resources.ts';
import type { Call, ModelNode } from '../project/project.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { textOr } from '../project/read-yaml.ts';
import type { ParsedPackage } from './load-package.ts';

export interface AccessInput {
  readonly parsed: readonly ParsedPackage[];
  readonly models: ReadonlyMap<string, ModelNode>;
  readonly names: NodeNames;
  readonly groups: readonly GroupNode[];
}

/**
 * Checks groups and who reads what: a private model is read by its group alone, and a protected one of a package with `restrict-access`
 * by that package alone (`contracts/graph/manifest.py`, `is_invalid_private_ref` and `is_invalid_protected_ref`).
 */
export function checkAccess(input: AccessInput, problems: ProblemList): void {
  const groups = new Set(input.groups.map(({ name }) => name));
  for (const model of input.models.values()) checkOwn(model, groups, problems);
  const restricted = new Set(
    input.parsed
      .filter(({ loading }) => loading.own.settings.restrictAccess)
      .map(({ loading }) => loading.own.name),
  );
  for (const reader of readersOf(input)) {
    for (const call of reader.calls) {
      const found =
        call.kind === 'ref' ? input.names.ref(call.args, call.version, reader.packageName) : undefined;
      const read = found !== undefined && 'key' in found ? input.models.get(found.key) : undefined;
      const why = read?.kind === 'model' ? whyNot(reader, read, restricted) : undefined;
      if (read !== undefined && why !== undefined) {
        const cause = `Node ${reader.uniqueId} attempted to reference node ${read.uniqueId}, which is not allowed because the referenced node is ${why}.`;
        problems.add(call.file, call.line, cause);
      }
    }
  }
}

function checkOwn(model: ModelNode, groups: ReadonlySet<string>, problems: ProblemList): void {
  const { file, line } = model.properties ?? { file: model.file, line: 1 };
  const group = groupOf(model);
  if (group !== undefined && !groups.has(group)) {
    const known = [...groups].map((name) => `'${name}'`).join(', ');
    problems.add(file, line, `${model.name}: invalid group '${group}', expected one of [${known}]`);
  }
  if (model.kind !== 'model') return;
  const access = accessOf(model);
  if (!ACCESS.some((one) => one === access)) {
    const known = ACCESS.join(', ');
    problems.add(file, line, `${model.name}: access is ${known}, not "${access}"`);
  } else if (access === 'public' && model.config.materialized === 'ephemeral') {
    problems.add(file, line, `${model.name}: an ephemeral model cannot be public: it has no relation`);
  }
}

/** Something that calls `ref`. */
interface Reader {
  readonly uniqueId: string;
  readonly packageName: string;
  readonly group: string | undefined;
  readonly calls: readonly Call[];
}

function* readersOf({ parsed, models, names }: AccessInput): Generator<Reader> {
  for (const model of models.values()) yield { ...model, group: groupOf(model) };
  for (const one of parsed) {
    for (const { node, calls, isDisabled } of one.tests) {
      if (isDisabled) continue;
      // A generic test belongs to the group of what it is declared on.
      const subject = node.subject;
      const found =
        subject?.kind === 'ref' ? names.ref([subject.name], subject.version, node.packageName) : undefined;
      const tested = found !== undefined && 'key' in found ? models.get(found.key) : undefined;
      const group = tested === undefined ? textOr(node.config.raw['group'], '') : groupOf(tested);
      yield { uniqueId: node.uniqueId, packageName: node.packageName, group, calls };
    }
    for (const { node, calls, isDisabled } of one.exposures) {
      if (!isDisabled) yield { ...node, group: textOr(node.config['group'], ''), calls };
    }
    for (const { node, isDisabled } of one.analyses) {
      if (!isDisabled) yield { ...node, group: textOr(node.config['group'], '') };
    }
  }
}

/** Why a reader may not read a model. */
function whyNot(reader: Reader, read: ModelNode, restricted: ReadonlySet<string>): string | undefined {
  const isShutOut = reader.packageName !== read.packageName && restricted.has(read.packageName);
  const access = accessOf(read);
  if (access === 'protected') return isShutOut ? `protected to the '${read.packageName}' package` : undefined;
  if (access !== 'private') return undefined;
  const group = groupOf(read);
  const isMember = Boolean(reader.group) && reader.group === group;
  return isMember && !isShutOut ? undefined : `private to the '${group ?? ''}' group`;
}

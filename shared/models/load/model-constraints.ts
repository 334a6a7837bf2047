import type { Call, ProjectGraph } from '../project/project.ts';
import type { ProjectProblem } from '../project/project-problem.ts';
import { isMapping, mappingsIn, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { writtenCall } from '../project/written-call.ts';
import type { ParsedModel } from './load-models.ts';
import type { Loading } from './loading.ts';

const TYPES = ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom'];

/**
 * Adds to a model's calls what its foreign keys point at, and checks its constraints (`parser/schemas.py`, `patch_constraints`).
 */
export function withConstraints(
  parsed: ParsedModel | undefined,
  { problems }: Loading,
): ParsedModel | undefined {
  if (parsed === undefined || 'disabled' in parsed || parsed.node.properties === undefined) return parsed;
  const { node } = parsed;
  const { entry, file, line } = parsed.node.properties;
  const complain = (cause: string): void => problems.add(file, line, `${node.name}: ${cause}`);
  const ofModel = mappingsIn(entry['constraints']);
  const ofColumns = node.columns.flatMap((column) => mappingsIn(column.entry['constraints']));
  if ([...ofModel, ...ofColumns].some(({ type }) => !TYPES.includes(textOr(type, ''))))
    complain(`a constraint's type is one of ${TYPES.join(', ')}`);
  if (isEnforced(node.config.raw)) checkEnforced(node, complain);
  checkPrimaryKeys(parsed, ofModel, complain);
  const calls = [...ofModel, ...ofColumns].flatMap((constraint): Call[] => {
    const to = textOr(constraint['to'], '');
    if (constraint['type'] !== 'foreign_key' || to === '') return [];
    const call = writtenCall(to);
    if (call === undefined) complain(`a foreign key's \`to\` is ref('…') or source('…', '…'), not ${to}`);
    return call === undefined ? [] : [{ ...call, file, line }];
  });
  return calls.length === 0 ? parsed : { ...parsed, calls: [...parsed.calls, ...calls] };
}

function checkEnforced(
  { columns, config: { materialized, raw } }: ParsedNode,
  complain: (cause: string) => void,
): void {
  if (columns.length === 0)
    complain('an enforced contract needs columns with name and data_type in its properties');
  const change = textOr(raw['on_schema_change'], 'ignore');
  if (materialized === 'incremental' && !['append_new_columns', 'fail'].includes(change)) {
    complain(
      `Invalid value for on_schema_change: ${change}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'`,
    );
  }
}

/** Warns of constraints that a model's materialization does not keep, where its contract is enforced (`UnsupportedConstraintMaterialization`). */
export function ignoredConstraints({ models }: ProjectGraph): ProjectProblem[] {
  return [...models.values()].flatMap(({ name, kind, config, columns, properties }) => {
    const { materialized, raw } = config;
    const isKept = materialized === 'table' || materialized === 'incremental';
    if (kind !== 'model' || properties === undefined || isKept || !isEnforced(raw)) return [];
    const all = [properties.entry, ...columns.map(({ entry }) => entry)].flatMap((entry) =>
      mappingsIn(entry['constraints']),
    );
    if (all.every((constraint) => constraint['warn_unsupported'] === false)) return [];
    const cause = `${name}: a ${materialized} keeps no constraints, they are ignored; warn_unsupported: false on them says that this is known`;
    const { file, line } = properties;
    return [{ file, line, cause, warning: 'UnsupportedConstraintMaterialization' }];
  });
}

type ParsedNode = Extract<ParsedModel, { node: unknown }>['node'];

function isEnforced(raw: YamlMapping): boolean {
  const { contract } = raw;
  return isMapping(contract) && contract['enforced'] === true;
}

function checkPrimaryKeys(
  { node }: { readonly node: ParsedNode },
  ofModel: readonly YamlMapping[],
  complain: (cause: string) => void,
): void {
  const isKey = ({ type }: YamlMapping): boolean => type === 'primary_key';
  const columns = node.columns
    .filter(({ entry }) => mappingsIn(entry['constraints']).some(isKey))
    .map(({ name }) => name);
  if (columns.length > 1)
    complain(
      `primary keys of several columns (${columns.join(', ')}) are declared by one constraint of the model`,
    );
  if (columns.length > 0 && ofModel.some(isKey))
    complain('a primary key is declared by the model or by a column, not by both');
}

import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import { contractFailure } from '../context/contract-failure.ts';

/** The original's functions that stop a render by the message they are given; a node may follow it, and says nothing more. */
const BY_MESSAGE = [
  ...['raise_compiler_error', 'raise_not_implemented', 'raise_dependency_error', 'raise_parsing_error'],
  ...['raise_fail_fast_error', 'raise_database_error', 'missing_config', 'missing_relation'],
];

/** Those that say what they are given, in order. */
const BY_FACTS = [
  'missing_materialization',
  'relation_wrong_type',
  'raise_duplicate_patch_name',
  'invalid_type_error',
];

/** What templates call `exceptions`. @param warn `exceptions.warn(…)`, which stops nothing. */
export function exceptionsValue(warn: Value): Value {
  const raising = (names: readonly string[], most: number) =>
    Object.fromEntries(names.map((name) => [name, hostFunction(name, (call) => raise(call, name, most))]));
  return new HostRecord('exceptions', {
    ...raising(BY_MESSAGE, 1),
    ...raising(BY_FACTS, Number.POSITIVE_INFINITY),
    column_type_missing: hostFunction('column_type_missing', columnTypeMissing),
    raise_contract_error: hostFunction('raise_contract_error', raiseContractError),
    warn,
  });
}

function raise({ args, kwargs, state }: CallSite, name: string, most: number): Value {
  const said = [...args, ...kwargs.values()].slice(0, most);
  return raiseFromTemplate(said.map((value) => toText(value, state.budget)).join(', ') || name);
}

const bindNames = parameters('column_type_missing', 'column_names');

function columnTypeMissing(call: CallSite): Value {
  const names = toText(bindNames(call)[0] ?? null, call.state.budget);
  return raiseFromTemplate(
    `Contracted models require data_type to be defined for each column. Please ensure that the column name and data_type are defined within the YAML configuration for the ${names} column(s).`,
  );
}

const bindContract = parameters('raise_contract_error', 'yaml_columns', 'sql_columns');

function raiseContractError(call: CallSite): Value {
  const [promised = null, actual = null] = bindContract(call);
  return raiseFromTemplate(contractFailure(promised, actual, call.state.budget));
}

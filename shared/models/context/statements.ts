import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { type BoundArguments, parameters } from '#shared/template/host/parameters.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { toText } from '#shared/template/values/to-text.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after, type Wait } from '#shared/template/values/wait.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import { AdapterResponse } from './adapter-response.ts';
import { ResultTable } from './result-table.ts';

const bindStatement = parameters(
  'statement',
  'name?',
  'fetch_result?',
  'auto_begin?',
  'language?',
  'caller?',
);
const bindStore = parameters('store_result', 'name', 'response', 'agate_table?');
const bindRaw = parameters('store_raw_result', 'name', 'message?', 'code?', 'rows_affected?', 'agate_table?');
const bindNoop = parameters(
  'noop_statement',
  'name?',
  'message?',
  'code?',
  'rows_affected?',
  'res?',
  'caller?',
);

/**
 * `statement`, `noop_statement`, `load_result`, `store_result`, `store_raw_result`, `run_query` of one render: results by name. A statement
 * of no text only begins a transaction, where it is to begin one.
 *
 * @param onResult told each named statement's result, e.g. that of `main`, also when a template only says what it was.
 *
 * @param print where `print_table()` of a result goes.
 *
 * Without a connection, or while parsing, nothing runs: `run_query` answers None and `load_result` too, as in the original.
 */
export function statementFunctions(
  connection: AdapterConnection | undefined,
  execute: boolean,
  onResult: ((name: string, result: StatementResult, sent?: string) => void) | undefined,
  print?: (text: string) => void,
): Readonly<Record<string, Value>> {
  const results = new Map<string, Value>();
  const run = (sql: string): Wait<StatementResult | undefined> =>
    connection !== undefined && execute && sql.trim() !== '' ? connection.execute(sql) : undefined;
  const keepRaw = ([name, message, code, rows, table]: BoundArguments): void => {
    const key = nameOf(name);
    const said = saidResult(message, code, rows);
    results.set(key, stored(new AdapterResponse(said.message, code ?? null, rows ?? null), table ?? null));
    onResult?.(key, said);
  };
  return {
    statement: hostFunction('statement', (call) => {
      const [name, fetched, begin, , caller] = bindStatement(call);
      const text = caller === undefined ? '' : call.state.invoke(caller, []);
      return after(text, (rendered) => {
        const sql = toText(rendered, call.state.budget);
        return after(
          execute && (begin === undefined || isTrue(begin)) ? connection?.begin() : undefined,
          () =>
            after(run(sql), (result) => {
              if (result === undefined || typeof name !== 'string') return '';
              const isFetched = fetched !== undefined && isTrue(fetched);
              const table = isFetched
                ? ResultTable.of(result, call.state.budget, print)
                : new ResultTable([], []);
              results.set(name, record(AdapterResponse.of(result), table));
              onResult?.(name, result, sql);
              return '';
            }),
        );
      });
    }),
    load_result: hostFunction('load_result', ({ args }) => results.get(nameOf(args[0])) ?? null),
    store_result: hostFunction('store_result', (call) => {
      const [name, response, table] = bindStore(call);
      results.set(nameOf(name), stored(response ?? null, table ?? null));
      return '';
    }),
    store_raw_result: hostFunction('store_raw_result', (call) => {
      keepRaw(bindRaw(call));
      return '';
    }),
    noop_statement: hostFunction('noop_statement', (call) => {
      const [name, ...said] = bindNoop(call);
      if (execute && typeof name === 'string') keepRaw([name, ...said]);
      return '';
    }),
    run_query: hostFunction('run_query', (call) =>
      after(run(toText(call.args[0] ?? null, call.state.budget)), (result) =>
        result === undefined ? null : ResultTable.of(result, call.state.budget, print),
      ),
    ),
  };
}

const nameOf = (value: Value | undefined): string => expectText(value ?? null, 'a name');

/** The result of a statement that did not run, as the template tells it. */
function saidResult(message?: Value, code?: Value, rows?: Value): StatementResult {
  const affected = typeof rows === 'bigint' || typeof rows === 'string' ? Number(rows) : -1;
  return {
    message: typeof message === 'string' ? message : 'OK',
    code: typeof code === 'string' ? code : '',
    rowsAffected: affected < 0 || Number.isNaN(affected) ? null : affected,
    columns: [],
    rows: [],
  };
}

const stored = (response: Value, table: Value): Value =>
  record(response, table instanceof ResultTable ? table : new ResultTable([], []));

/** What `load_result` answers: the server's words, the rows as lists, and as a table. */
function record(response: Value, table: ResultTable): Value {
  const data = new ListValue(table.rows.map(({ values }) => new TupleValue([...values])));
  return new DictValue([
    ['response', response],
    ['data', data],
    ['table', table],
  ]);
}

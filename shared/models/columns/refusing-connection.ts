import type { AdapterConnection } from '../adapter/adapter.ts';

/**
 * A connection that answers nothing: a template that asks the warehouse has no SQL that is known without one.
 *
 * @param onAsked told of each question.
 */
export function refusingConnection(onAsked: () => void): AdapterConnection {
  const refuse = (): never => {
    onAsked();
    throw new Error('nobody to ask');
  };
  return {
    inTransaction: false,
    ...{
      begin: refuse,
      commit: refuse,
      rollback: refuse,
      execute: refuse,
      describe: refuse,
      schemas: refuse,
    },
    ...{ createSchema: refuse, dropSchema: refuse, relations: refuse, lookUp: refuse, relation: refuse },
    ...{ columns: refuse, catalog: refuse, insertRows: refuse, takeTurn: refuse, partitionSql: refuse },
    release: async () => {},
  };
}

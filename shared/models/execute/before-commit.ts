import type { AdapterConnection } from '../adapter/adapter.ts';

/** The same connection, which does some work in its transaction before it commits; what the work throws keeps it from committing. */
export function beforeCommit(connection: AdapterConnection, work: () => Promise<void>): AdapterConnection {
  const commit = async (): Promise<void> => {
    await work();
    await connection.commit();
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

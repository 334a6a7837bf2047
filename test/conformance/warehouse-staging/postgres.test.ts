import pg from 'pg';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { stagingConformance } from './staging-conformance.ts';

/** Every value as the server prints it. */
const types = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

stagingConformance({
  name: 'PostgreSQL',
  open: async () => {
    const database = await testDatabase();
    const warehouse = openWarehouse({ url: database.url, applicationName: 'test-warehouse' });
    const readers = new pg.Pool({ connectionString: database.url, max: 3, types });
    return {
      warehouse,
      sql: async (text) => (await readers.query(text)).rows,
      quoted: quoteRelation,
      dispose: async () => {
        await Promise.all([warehouse.close(), readers.end()]);
        await database.drop();
      },
    };
  },
});

import { defineContract } from '#shared/pipeline/define-contract.ts';
import { definePipeline, postgresSource, postgresStream } from '#shared/pipeline/define-pipeline.ts';
import { date, decimal, int32, int64, text, timestamptz } from '#shared/pipeline/field.ts';

/** Ten columns as of payment instalments, with the checks an author would declare. */
export const payments = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    id: int64(),
    invoice_id: int64(),
    number: int32({ min: '1' }),
    buyer: text({ pattern: '^[0-9]{14}$' }),
    seller: text({ pattern: '^[0-9]{14}$' }),
    issued: date(),
    paid: date({ nullable: true }),
    amount: decimal(14, 2, { min: '0' }),
    status: text({ oneOf: ['open', 'paid', 'overdue', 'cancelled'] }),
    updated_at: timestamptz(),
  },
});

/** What the bulk figures are taken with: nothing but engine defaults. */
export default definePipeline({
  name: 'bench',
  owner: 'platform',
  description: 'One stream to bronze, for the figures of bench/.',
  projectDir: import.meta.dirname,
  sources: { source: postgresSource({ connection: 'BENCH' }) },
  streams: {
    payments: postgresStream({
      source: 'source',
      table: { schema: 'public', name: 'payments' },
      contract: payments,
      cursor: { expression: 'updated_at', type: 'timestamptz', setBy: 'database' },
    }),
  },
  schedules: {
    bronze: { cron: '0 0 29 2 *', tz: 'UTC', streams: ['payments'], layers: [] },
  },
});

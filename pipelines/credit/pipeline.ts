import { definePipeline, postgresSource, postgresStream } from '#shared/pipeline/define-pipeline.ts';
import { cnpjWs } from './contracts/cnpj-ws.ts';
import { installments } from './contracts/installments.ts';

const SAO_PAULO = 'America/Sao_Paulo';

/** Payment instalments and the company registry, from an OLTP database to risk scoring. */
export default definePipeline({
  name: 'credit',
  owner: 'credit-data',
  description: 'Payment instalments and company registry, from OLTP to risk scoring.',
  projectDir: import.meta.dirname,
  sources: {
    oltp: postgresSource({ connection: 'OLTP' }),
  },
  streams: {
    cnpj_ws: postgresStream({
      source: 'oltp',
      table: { schema: 'oltp', name: 'cnpj_ws' },
      contract: cnpjWs,
      cursor: { expression: 'coalesce(updated_at, created_at)', type: 'timestamptz', setBy: 'database' },
    }),
    installments: postgresStream({
      source: 'oltp',
      table: { schema: 'oltp', name: 'installments' },
      contract: installments,
      // A business date: it can be back-dated, set to NULL or stay while an amount changes. A cancelled payment
      // falls back to its issue date, below any sensible look-back: the full comparison finds it, in the first run
      // whose logical time lies a day or more after the last one's.
      cursor: {
        expression: 'greatest(invoice_issue_date, paid_date)',
        type: 'date',
        setBy: 'application',
        lookBackDays: 30,
        maxFutureDays: 366,
        fullCompareEveryDays: 1,
      },
    }),
  },
  schedules: {
    cnpj: { cron: '0 2 * * *', tz: SAO_PAULO, streams: ['cnpj_ws'], layers: ['silver'] },
    installments: { cron: '30 * * * *', tz: SAO_PAULO, streams: ['installments'], layers: ['silver'] },
    full: {
      cron: '0 5 * * *',
      tz: SAO_PAULO,
      streams: ['cnpj_ws', 'installments'],
      layers: ['silver', 'gold'],
    },
  },
});

import type { LocalPlatform, RunningServices } from './local-platform.ts';

/** Addresses of a platform that runs on this machine. */
export interface WhereToLook {
  readonly api: string;
  readonly bullBoard: string;
  readonly metrics: string;
  readonly apiToken: string;
  readonly psql: string;
  readonly oltp: string;
  readonly landing: string;
  /** Of the simulated shards, with the client's name and secret. */
  readonly shards?: readonly string[];
  readonly log?: string;
}

/** Collects the addresses. */
export function whereToLook(
  { dev, apiToken }: LocalPlatform,
  { apiUrl }: RunningServices,
  logPath?: string,
): WhereToLook {
  return {
    api: `${apiUrl}/v1/runs`,
    bullBoard: `${apiUrl}/queues`,
    metrics: `${apiUrl}/metrics`,
    apiToken,
    psql: `psql '${dev.warehouseUrl}' -c 'select * from credit_gold.company_payment_summary order by risk_score limit 10'`,
    oltp: `psql '${dev.oltpOwnerUrl}'`,
    landing: dev.landingDir,
    ...(dev.fleet === undefined ? {} : { shards: dev.fleet.shardApi.shards.map(({ url }) => url) }),
    ...(logPath === undefined ? {} : { log: logPath }),
  };
}

/** The same as text, ready to paste. */
export function describeWhere(where: WhereToLook): string {
  const lines = [
    ['Runs', `curl -H 'Authorization: Bearer ${where.apiToken}' ${where.api}`],
    ['Bull Board', `${where.bullBoard}  (any name, password ${where.apiToken})`],
    ['Metrics', where.metrics],
    ['Gold', where.psql],
    ['OLTP', where.oltp],
    ['Landing', where.landing],
    ...(where.shards ?? []).map((url, index) => [`Shard s${index + 1}`, url]),
    ...(where.log === undefined ? [] : [['Log', where.log]]),
  ];
  return lines.map(([name = '', value = '']) => `  ${name.padEnd(11)}${value}\n`).join('');
}

import { sourceEnvironment } from '#dev/shard-api/source-environment.ts';
import { startShardApi } from '#dev/shard-api/start.ts';

/*
 * Simulated shards for the figures: options of `startShardApi` as JSON in the first argument, a scenario as each message.
 * Says first where the shards are and which customers they have; ends when whoever started it does.
 */
const api = await startShardApi(JSON.parse(process.argv[2] ?? '{}'));
process.on('message', async (scenario: Parameters<typeof api.scenario.set>[0]) => {
  await api.scenario.set(scenario);
  process.send?.('set');
});
process.on('disconnect', () => void api.stop());
process.send?.({
  environment: sourceEnvironment(api.shards),
  urls: Object.fromEntries(api.shards.map(({ name, url }) => [name, url])),
  customers: api.fleet.customers.map(({ id, shard, size }) => ({ id, shard, devices: size })),
});

import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, float64, int32, type JsonShape, object, shapedJson, text } from '#shared/pipeline/field.ts';
import { BELIEVED_DAYS, customerId, deviceId, KEPT_MONTHS, shardName } from './names.ts';

/** Mean and extremes of a day; missing when nothing was measured. */
function range(min: string, max: string, what: string): JsonShape {
  const of = (word: string) => float64({ nullable: true, min, max, description: `${word} ${what}` });
  return object({ avg: of('Mean'), min: of('Lowest'), max: of('Highest') });
}

/** A device's day as its back end sums it up. Location and annotations stand beside it and are dropped. */
export const dailyAggregates = defineContract({
  version: 1,
  key: ['device_id', 'day'],
  fields: {
    device_id: deviceId,
    customer_id: customerId,
    shard: shardName,
    day: date({
      min: '2020-01-01',
      maxAgeMonths: KEPT_MONTHS,
      maxAheadDays: BELIEVED_DAYS,
      description: 'The day, in UTC.',
    }),
    fetched_by: text({
      oneOf: ['coarse', 'fine'],
      description: 'With the whole customer, or by a call of its own; filled in by the engine.',
    }),
    metrics: shapedJson(
      {
        valve_movement: float64({
          nullable: true,
          min: '0',
          max: '1000000',
          description: 'Way of the valve over the day, percentage points.',
        }),
        temperature: range('-60', '120', 'room temperature of the day, °C.'),
        humidity: range('0', '100', 'relative humidity of the day, per cent.'),
        rssi: range('-150', '20', 'signal strength of the day, dBm.'),
        battery_voltage: range('0', '30', 'battery voltage of the day, V.'),
        samples: int32({ min: '0', description: 'Reports the figures are made of.' }),
      },
      { description: 'The allowed part of the aggregate, nested as the API nests it.' },
    ),
  },
});

import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, text, timestamptz } from '#shared/pipeline/field.ts';
import { BELIEVED_DAYS, customerId, deviceId, roomId, shardName, siteId } from './names.ts';

/** Where each thermostat hangs: customer, site, room. Names and addresses of all three stand beside the ids and are dropped. */
export const hierarchy = defineContract({
  version: 1,
  key: ['device_id'],
  fields: {
    device_id: deviceId,
    customer_id: customerId,
    shard: shardName,
    site_id: siteId,
    room_id: roomId,
    model: text({
      pattern: '^[A-Z]{2,6}-[0-9]{1,4}(?: (?:Pro|Plus|Mini))?$',
      description: 'Model of the thermostat, e.g. TRV-20 Pro.',
    }),
    installed_on: date({ nullable: true, min: '2000-01-01', description: 'Day it was put up.' }),
    queried_at: timestamptz({
      min: '2020-01-01',
      maxAheadDays: BELIEVED_DAYS,
      description: 'Instant the snapshot of the customer was taken; filled in by the engine.',
    }),
  },
});

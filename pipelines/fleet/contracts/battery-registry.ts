import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, int64, text, timestamptz } from '#shared/pipeline/field.ts';
import { deviceId } from './names.ts';

/** Which batteries were put into which device, and when. */
export const batteryRegistry = defineContract({
  version: 1,
  key: ['battery_id'],
  fields: {
    battery_id: int64({ min: '1', description: 'Surrogate key of the source.' }),
    device_id: deviceId,
    battery_type: text({
      oneOf: ['AA alkaline', 'AA lithium', 'AA NiMH'],
      description: 'Kind of the batteries; a new kind is rejected until it is named here.',
    }),
    installed_on: date({ min: '2000-01-01', description: 'Day they were put in.' }),
    replaced_on: date({
      nullable: true,
      min: '2000-01-01',
      description: 'Day others took their place; missing while they are in use.',
    }),
    updated_at: timestamptz({ description: 'Set by the database with now(), the start of the transaction.' }),
  },
});

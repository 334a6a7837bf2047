import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, decimal, int32, text } from '#shared/pipeline/field.ts';
import { BELIEVED_DAYS, deviceId } from './names.ts';

/** What a model made of a device's battery, as its result files say. */
export const batteryEvaluations = defineContract({
  version: 1,
  key: ['device_id', 'evaluated_on'],
  fields: {
    device_id: deviceId,
    evaluated_on: date({
      min: '2020-01-01',
      maxAheadDays: BELIEVED_DAYS,
      description: 'Day of the evaluation.',
    }),
    model_version: text({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$',
      description: 'Version of the model that evaluated.',
    }),
    health: decimal(5, 4, {
      min: '0',
      max: '1',
      description: 'Health of the battery, 0 (spent) to 1 (new).',
    }),
    days_remaining: int32({
      nullable: true,
      min: '0',
      max: '36500',
      description: 'Days it is expected to last; missing when the model could not tell.',
    }),
    object_key: text({
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_./=-]{0,500}$',
      description: 'Object it was read from; filled in by the engine.',
    }),
  },
});

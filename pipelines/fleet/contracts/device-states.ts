import { defineContract } from '#shared/pipeline/define-contract.ts';
import {
  boolean,
  type Field,
  float64,
  int32,
  int64,
  object,
  shapedJson,
  text,
  timestamptz,
} from '#shared/pipeline/field.ts';
import { BELIEVED_DAYS, customerId, deviceId, KEPT_MONTHS, roomId, shardName, siteId } from './names.ts';

/** A measurement may be missing: a device that never reported has none. */
const measured = (min: string, max: string, description: string): Field =>
  float64({ nullable: true, min, max, description });
/** A setting may be missing: not every firmware has each. */
const whole = (min: string, max: string, description: string): Field =>
  int32({ nullable: true, min, max, description });
const flag = (description: string): Field => boolean({ nullable: true, description });

/** The 14 parameters of about 40 that may be read; the rest is technical, or says who lives there. */
const configuration = object({
  target_temperature: measured('0', '40', 'Wanted temperature, °C.'),
  eco_temperature: measured('0', '40', 'Wanted temperature while saving, °C.'),
  boost_minutes: whole('0', '1440', 'Length of a boost, minutes.'),
  window_detection: flag('Closes when a window opens.'),
  window_sensitivity: whole('0', '100', 'How readily an open window is taken for one.'),
  child_lock: flag('Keys are locked.'),
  display_brightness: whole('0', '100', 'Brightness of the display, per cent.'),
  schedule_enabled: flag('Follows its weekly schedule.'),
  holiday_mode: flag('Holds one temperature until further notice.'),
  valve_offset: measured('-100', '100', 'Correction of the valve position, percentage points.'),
  temperature_offset: measured('-20', '20', 'Correction of the temperature, K.'),
  report_interval_s: whole('1', '86400', 'Seconds between two reports.'),
  frost_protection: flag('Opens before the pipe freezes.'),
  regulation_mode: text({
    nullable: true,
    oneOf: ['pid', 'hysteresis', 'adaptive'],
    description: 'How the valve is regulated.',
  }),
});

/** What a back end says a device is like when asked: the last it reported. Owner, address, notes and tokens stand beside it and are dropped. */
export const deviceStates = defineContract({
  version: 1,
  key: ['device_id', 'queried_at'],
  fields: {
    device_id: deviceId,
    customer_id: customerId,
    shard: shardName,
    queried_at: timestamptz({
      min: '2020-01-01',
      maxAgeMonths: KEPT_MONTHS,
      maxAheadDays: BELIEVED_DAYS,
      description: 'Instant the snapshot of the customer was taken; filled in by the engine.',
    }),
    state: shapedJson(
      {
        site_id: siteId,
        room_id: roomId,
        online: boolean({ description: 'On line when asked.' }),
        last_seen: timestamptz({
          nullable: true,
          description: "Last report by the device's clock; missing when it never reported.",
        }),
        uptime_s: int64({ min: '0', description: 'Seconds since the device started.' }),
        firmware: object({
          embedded: text({
            pattern: '^[0-9]{1,4}(?:\\.[0-9]{1,4}){1,3}$',
            description: 'Version of the embedded software.',
          }),
          hardware: text({ pattern: '^[A-Z][0-9]{1,2}$', description: 'Revision of the hardware.' }),
        }),
        sensors: object({
          temperature: measured('-60', '120', 'Room temperature, °C.'),
          humidity: measured('0', '100', 'Relative humidity, per cent.'),
          valve_position: measured('0', '100', 'Valve opening, per cent.'),
          rssi: measured('-150', '20', 'Signal strength, dBm.'),
        }),
        battery: object({
          voltage: measured('0', '30', 'Voltage of the batteries, V.'),
          percent: measured('0', '100', 'Charge of the batteries, per cent.'),
        }),
        calibration_total: int32({ min: '0', description: 'Calibrations since the device was put up.' }),
        connectivity: object({
          ratio: measured('0', '1', 'Share of the last seven days on line.'),
        }),
        configuration,
      },
      { description: 'The allowed part of the state, nested as the API nests it.' },
    ),
  },
});

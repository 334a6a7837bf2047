/** Parameters that are nobody's business, and technical ones that no model asks for. */
const PARAMETERS = [
  ...['display_name', 'contact_email', 'wifi_password', 'cloud_token'],
  ...[
    'boot_delay_s',
    'heap_limit_kb',
    'log_verbosity',
    'radio_channel',
    'radio_power_dbm',
    'pid_p',
    'pid_i',
    'pid_d',
  ],
  ...[
    'motor_current_ma',
    'motor_timeout_s',
    'adc_gain',
    'adc_offset',
    'led_enabled',
    'beep_enabled',
    'mesh_role',
  ],
  ...[
    'mesh_parent',
    'ntp_interval_s',
    'watchdog_s',
    'descale_weekday',
    'descale_hour',
    'temperature_unit',
    'language',
  ],
].map((name) => `configuration.${name}`);

/**
 * What the API is known to send and nobody may keep. Everything outside the contracts is dropped whether it stands here or not; what
 * does not stand here is counted as drift.
 */
export const DROPPED = {
  deviceStates: [
    ...['owner', 'installer_notes', 'address', 'shared_with', 'support_session'],
    ...[
      'firmware.uploaded_by',
      'sensors.presence_log',
      'battery.replaced_by',
      'connectivity.ssid',
      'connectivity.mac',
    ],
    ...PARAMETERS,
  ],
  // Of the thermostat, its room, its site.
  hierarchy: ['label', 'pairing_code', '^name', '^occupants', '^^address', '^^caretaker', '^^door_code'],
  dailyAggregates: ['location', 'annotations', 'temperature.reviewed_by'],
} as const;

/** Microseconds since 1970 UTC of canonical text of a date (its midnight), timestamp (as UTC) or instant. */
export function instantMicros(text: string): bigint {
  const [date = '', rest = '00:00:00'] = text.split(' ');
  const [time = '', fraction = ''] = rest.replace('+00', '').split('.');
  return BigInt(Date.parse(`${date}T${time}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

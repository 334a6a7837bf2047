import { valueFault } from '#shared/template/failures/template-fault.ts';
import { MomentValue } from './moment-value.ts';

const PARTS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  f: '(?<f>\\d{1,6})',
  y: '(?<y>\\d{2})',
  b: '(?<b>[A-Za-z]{3})',
  B: '(?<B>[A-Za-z]+)',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  I: '(?<I>\\d{1,2})',
  p: '(?<p>[AaPp][Mm])',
  Z: '(?:UTC|GMT)',
  '%': '%',
  z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Python's `strptime` for the directives that dates are written with. @throws a `value` fault. */
export function parseMoment(text: string, format: string): MomentValue {
  const pattern = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replace(/%([a-zA-Z%])|([.*+?^${}()|[\]\\])/g, (_, directive: string | undefined, special: string) => {
      if (directive === undefined) return `\\${special}`;
      const part = PARTS[directive];
      if (part === undefined) throw valueFault(`strptime: %${directive} is not supported`);
      return part;
    });
  const groups = new RegExp(`^${pattern}$`, 'i').exec(text)?.groups;
  if (groups === undefined) throw valueFault('time data does not match the format');
  const year = groups['Y'] ?? (groups['y'] === undefined ? '1900' : `20${groups['y']}`);
  const named = MONTHS.indexOf((groups['b'] ?? groups['B'] ?? '').slice(0, 3).toLowerCase()) + 1;
  const two = (part: string | undefined, otherwise: string): string => (part ?? otherwise).padStart(2, '0');
  const month = named > 0 ? two(String(named), '01') : two(groups['m'], '01');
  const time = `${hourOf(groups)}:${two(groups['M'], '00')}:${two(groups['S'], '00')}.${(groups['f'] ?? '0').padEnd(6, '0')}`;
  const zone = groups['z'];
  return MomentValue.parse(
    zone === undefined ? 'timestamp' : 'timestamptz',
    `${year}-${month}-${two(groups['d'], '01')} ${time}${zone ?? ''}`,
  );
}

/** 24 hours a day, from `%H` or from `%I` and `%p`. */
function hourOf(groups: Readonly<Partial<Record<string, string>>>): string {
  const twelve = groups['I'];
  if (twelve === undefined) return (groups['H'] ?? '00').padStart(2, '0');
  const isAfternoon = (groups['p'] ?? '').toLowerCase() === 'pm';
  return String((Number(twelve) % 12) + (isAfternoon ? 12 : 0)).padStart(2, '0');
}

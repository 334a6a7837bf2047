import yaml from 'js-yaml';
import { yamlSchema } from '../project/yaml-schema.ts';
import { MomentValue } from './moment-value.ts';

/** A day or an instant, as PyYAML tells them from text. */
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT =
  /^(\d{4}-\d\d?-\d\d?)(?:[Tt]|[ \t]+)(\d\d?:\d\d:\d\d)(?:\.(\d*))?(?:[ \t]*(Z|[-+]\d\d?(?::\d\d)?))?$/;

const MOMENTS = new yaml.Type('tag:yaml.org,2002:timestamp', {
  kind: 'scalar',
  resolve: (data: unknown) => typeof data === 'string' && (DAY.test(data) || INSTANT.test(data)),
  construct: (data: unknown) => momentOf(String(data)),
  instanceOf: MomentValue,
  represent: (value: unknown) => String((value as MomentValue).toText()),
});

const SCHEMA = yamlSchema.extend({ implicit: [MOMENTS] });

/** What `fromyaml` reads: days and instants become moments, as in the original. */
export const dataOfYaml = (text: string): unknown => yaml.load(text, { json: true, schema: SCHEMA });

/** What `toyaml` prints, laid out as PyYAML does. */
export const yamlOf = (data: unknown, sortKeys: boolean): string =>
  yaml.dump(data, { sortKeys, noArrayIndent: true, noCompatMode: true, schema: SCHEMA });

function momentOf(text: string): MomentValue {
  if (DAY.test(text)) return MomentValue.parse('date', text);
  const [, day = '', time = '', fraction, zone] = INSTANT.exec(text) ?? [];
  const [year = '', month = '', date = ''] = day.split('-');
  const clock = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')} ${time.padStart(8, '0')}${fraction ? `.${fraction}` : ''}`;
  if (zone === undefined) return MomentValue.parse('timestamp', clock);
  return MomentValue.parse('timestamptz', `${clock}${zone === 'Z' ? '+00' : zone}`);
}

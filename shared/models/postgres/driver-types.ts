/**
 * What the original's driver calls a type (psycopg2, `extensions.string_types`): families of types, which contracts are compared by.
 * Array types are named after their items.
 */
const FAMILIES: readonly (readonly [string, readonly number[]])[] = [
  ['BOOLEAN', [16]],
  ['BINARY', [17]],
  ['STRING', [18, 19, 25, 1042, 1043]],
  ['LONGINTEGER', [20]],
  ['INTEGER', [21, 23]],
  ['ROWID', [26]],
  ['JSON', [114]],
  ['JSONB', [3802]],
  ['FLOAT', [700, 701]],
  ['DECIMAL', [1700]],
  ['DATE', [1082]],
  ['TIME', [1083, 1266]],
  ['DATETIME', [1114]],
  ['DATETIMETZ', [1184]],
  ['INTERVAL', [704, 1186]],
  ['UNKNOWN', [705]],
  ['BOOLEANARRAY', [1000]],
  ['BINARYARRAY', [1001]],
  ['STRINGARRAY', [1002, 1003, 1009, 1014, 1015]],
  ['INTEGERARRAY', [1005, 1006, 1007]],
  ['ROWIDARRAY', [1013, 1028]],
  ['LONGINTEGERARRAY', [1016]],
  ['FLOATARRAY', [1021, 1022]],
  ['DECIMALARRAY', [1231]],
  ['DATEARRAY', [1182]],
  ['TIMEARRAY', [1183, 1270]],
  ['DATETIMEARRAY', [1115]],
  ['DATETIMETZARRAY', [1185]],
  ['INTERVALARRAY', [1187]],
  ['JSONARRAY', [199]],
  ['JSONBARRAY', [3807]],
  ['CIDRARRAY', [651]],
  ['MACADDRARRAY', [1040]],
  ['INETARRAY', [1041]],
  ['tsrange', [3908]],
  ['tstzrange', [3910]],
  ['daterange', [3912]],
];

const NAMES: ReadonlyMap<number, string> = new Map(
  FAMILIES.flatMap(([name, oids]) => oids.map((oid) => [oid, name] as const)),
);

/** @param oid of `pg_type`. One the driver does not know is named by its number, as the original does. */
export const driverTypeOf = (oid: number): string => NAMES.get(oid) ?? `unknown type_code ${oid}`;

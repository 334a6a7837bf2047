type Schema = Readonly<Record<string, unknown>>;

/**
 * What of a document breaks a JSON schema, as `path: why`, at most 20; empty when nothing does. Knows the keywords that schemas of artifacts
 * use: types, constants, combinations, properties, items.
 */
export function schemaProblems(schema: Schema, document: unknown): string[] {
  return [...check(schema, document, '')].slice(0, 20);
}

function* check(schema: Schema, value: unknown, path: string): Generator<string> {
  const { type, anyOf, enum: among, const: constant, pattern } = schema;
  if (Array.isArray(anyOf)) return yield* anyOfProblems(anyOf as Schema[], value, path);
  if (typeof type === 'string' && !isType(type, value))
    return yield `${path}: ${kindOf(value)} is no ${type}`;
  if (Array.isArray(among) && !among.includes(value))
    yield `${path}: ${String(value)} is none of ${among.join(', ')}`;
  if (constant !== undefined && constant !== value)
    yield `${path}: ${String(value)} is not ${String(constant)}`;
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern).test(value))
    yield `${path}: ${value} is not like ${pattern}`;
  if (Array.isArray(value)) yield* itemProblems(schema, value, path);
  else if (typeof value === 'object' && value !== null) yield* propertyProblems(schema, value, path);
}

/** Of several that do not fit, the one with the fewest problems is the one that was meant. */
function* anyOfProblems(schemas: readonly Schema[], value: unknown, path: string): Generator<string> {
  let fewest: string[] | undefined;
  for (const schema of schemas) {
    const problems = [...check(schema, value, path)];
    if (problems.length === 0) return;
    if (fewest === undefined || problems.length < fewest.length) fewest = problems;
  }
  yield* fewest ?? [];
}

function* itemProblems(schema: Schema, items: readonly unknown[], path: string): Generator<string> {
  const { items: each, prefixItems, minItems, maxItems } = schema;
  if (typeof minItems === 'number' && items.length < minItems) yield `${path}: fewer than ${minItems}`;
  if (typeof maxItems === 'number' && items.length > maxItems) yield `${path}: more than ${maxItems}`;
  for (const [index, item] of items.entries()) {
    const own = (prefixItems as Schema[] | undefined)?.[index] ?? each;
    if (isSchema(own)) yield* check(own, item, `${path}/${index}`);
  }
}

function* propertyProblems(schema: Schema, value: object, path: string): Generator<string> {
  const { properties, additionalProperties: others, required } = schema;
  const known = isSchema(properties) ? properties : {};
  for (const name of (required as string[] | undefined) ?? [])
    if (!(name in value)) yield `${path}: ${name} is missing`;
  for (const [name, item] of Object.entries(value)) {
    const own = Object.hasOwn(known, name) ? known[name] : others;
    if (own === false) yield `${path}: ${name} is a key too many`;
    else if (isSchema(own)) yield* check(own, item, `${path}/${name}`);
  }
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

function isType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

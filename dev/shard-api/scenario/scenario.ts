import { z } from 'zod';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { shardApiErrors } from '../errors.ts';
import { ENDPOINTS } from '../server/endpoint.ts';

const ms = z.number().int().min(0);
const share = z.number().min(0).max(1);
const names = z.array(z.string().min(1)).min(1);

/** When a fault shows. */
const WHEN = {
  /** Since the scenario was set; default at once. */
  startMs: ms.optional(),
  /** Default until it is cleared. */
  durationMs: ms.optional(),
};

/** Whom a fault meets and when; every field narrows it. */
const COMMON = {
  ...WHEN,
  shards: names.optional(),
  customers: names.optional(),
  devices: names.optional(),
  /** Default every endpoint but `token`, or the ones the fault makes sense for. */
  endpoints: z.array(z.enum(ENDPOINTS)).min(1).optional(),
  /** Share of the calls, drawn from the seed. */
  rate: share.optional(),
  /** Calls at most. */
  count: z.number().int().min(1).optional(),
  /** So many calls in a row, then so many without. */
  burst: z.strictObject({ failing: z.number().int().min(1), passing: z.number().int().min(0) }).optional(),
};

const fault = <K extends string, S extends z.ZodRawShape>(kind: K, fields: S) =>
  z.strictObject({ kind: z.literal(kind), ...COMMON, ...fields });
const stage = (fallback: 'start' | 'body') => z.enum(['start', 'body']).default(fallback);

/** Every fault with its own fields; README.md says what each does. */
export const faultSchema = z.discriminatedUnion('kind', [
  fault('latency', { ms, jitterMs: ms.default(0) }),
  fault('timeout', { stage: stage('start') }),
  fault('reset', { stage: stage('body') }),
  fault('truncated', {}),
  fault('malformed', {}),
  fault('content-type', {}),
  fault('server-error', { status: z.number().int().min(500).max(599).default(500) }),
  fault('rate-limited', {
    retryAfterSeconds: z.number().int().min(0).default(1),
    asDate: z.boolean().default(false),
  }),
  fault('expired-token', { afterMs: ms.default(0) }),
  fault('removed-device', { share: share.default(1) }),
  fault('not-implemented', {}),
  fault('incomplete', { share: share.default(0.1) }),
  fault('late-aggregates', { hours: z.number().min(0).default(30), share: share.default(0.1) }),
  fault('duplicate-pages', {}),
  fault('reordered-pages', {}),
  fault('cursor-loop', { after: z.number().int().min(0).default(1) }),
  fault('numbers-as-strings', {}),
  fault('nan', { share: share.default(0.1) }),
  fault('new-fields', {}),
  fault('clock-skew', { ms: z.number().int() }),
  fault('devices-off', { forMs: ms.default(30 * 86_400_000), share: share.default(1) }),
  fault('huge-body', {
    bytes: z.number().int().min(1_000).default(200_000_000),
    announced: z.boolean().default(false),
  }),
  fault('fuzz', {}),
  z.strictObject({
    kind: z.literal('shard-down'),
    ...WHEN,
    shards: names.optional(),
    mode: z.enum(['refused', 'reset']).default('refused'),
  }),
]);

const scenarioSchema = z.strictObject({
  description: z.string().default(''),
  faults: z.array(faultSchema),
});

/** A fault with its defaults filled in. */
export type Fault = z.output<typeof faultSchema>;
/** A fault as it is written. */
export type FaultInput = z.input<typeof faultSchema>;
export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type FaultKind = Fault['kind'];

/**
 * Reads a scenario.
 *
 * @param shards names there are; a scenario that names another is refused.
 * @throws PenstockError SHARD_API_SCENARIO naming every problem at once, each with its path.
 */
export function parseScenario(written: unknown, shards?: readonly string[]): Scenario {
  const parsed = scenarioSchema.safeParse(written);
  if (!parsed.success)
    throw invalid(parsed.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`));
  const strangers = parsed.data.faults.flatMap(({ shards: named = [] }, index) =>
    named
      .filter((name) => shards?.includes(name) === false)
      .map((name) => `faults[${index}]: there is no shard ${name}`),
  );
  if (strangers.length > 0) throw invalid(strangers);
  return parsed.data;
}

const invalid = (problems: readonly string[]): PenstockError =>
  new PenstockError(shardApiErrors.scenario, { problems: problems.join('; ') });

/** `faults[2].kind` */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'scenario';
}

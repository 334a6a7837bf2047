import type { z } from 'zod';
import { type JobKind, jobs, type PayloadOf } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cleanJson } from './clean-text.ts';
import { queueErrors } from './errors.ts';
import type { DeadLetterSink } from './queue-port.ts';

/** A job as it came from the server, judged against the catalogue. */
export type Received =
  | { readonly ok: true; readonly kind: JobKind; readonly payload: unknown; readonly timeoutMs: number }
  | { readonly ok: false; readonly reason: string; readonly fields: readonly string[] };

const kindsByName = new Map<string, JobKind>();
for (const kind of Object.keys(jobs)) {
  if (isKind(kind)) kindsByName.set(jobs[kind].name, kind);
}

function isKind(name: string): name is JobKind {
  return Object.hasOwn(jobs, name);
}

/** Parses what a worker received. Never throws; a refusal names fields and rules, never values. */
export function receivePayload(jobName: string, data: unknown): Received {
  const kind = kindsByName.get(jobName);
  if (kind === undefined) return { ok: false, reason: 'no such job in the catalogue', fields: namesOf(data) };
  const parsed = schemaOf(kind).safeParse(data);
  if (!parsed.success) return { ok: false, reason: reasonOf(parsed.error), fields: namesOf(data) };
  return { ok: true, kind, payload: parsed.data, timeoutMs: jobs[kind].timeoutMs };
}

/**
 * Parses what a producer wants to send, and records what does not fit as a dead letter.
 *
 * @returns the cleaned payloads, in order.
 * @throws PenstockError `QUEUE_PAYLOAD_INVALID` when any does not fit; none may be enqueued then.
 */
export async function sendablePayloads<K extends JobKind>(
  sink: DeadLetterSink,
  queue: string,
  kind: K,
  payloads: readonly PayloadOf<K>[],
): Promise<PayloadOf<K>[]> {
  const schema = schemaOf(kind);
  const sendable: PayloadOf<K>[] = [];
  let refusal: { reason: string; fields: readonly string[] } | undefined;
  for (const payload of payloads) {
    const parsed = schema.safeParse(cleanJson(payload));
    if (parsed.success) {
      sendable.push(parsed.data);
      continue;
    }
    refusal = { reason: reasonOf(parsed.error), fields: namesOf(payload) };
    await sink.record({ queue, jobName: jobs[kind].name, jobId: undefined, ...refusal });
  }
  if (refusal !== undefined) {
    const facts = { queue, job: jobs[kind].name, reason: refusal.reason };
    throw new PenstockError(queueErrors.payloadInvalid, facts);
  }
  return sendable;
}

/** The schema of a kind; the catalogue's union is wider than what one kind needs. */
function schemaOf<K extends JobKind>(kind: K): z.ZodType<PayloadOf<K>> {
  return jobs[kind].payload as unknown as z.ZodType<PayloadOf<K>>;
}

/** Codes and paths only: zod's messages may quote the input. Unknown keys are named, they are names. */
function reasonOf(error: z.ZodError): string {
  const issues = error.issues.map((issue) => {
    const where = issue.path.map((part) => String(part).slice(0, 60)).join('.') || 'payload';
    const keys = issue.code === 'unrecognized_keys' ? ` ${issue.keys.join(',').slice(0, 120)}` : '';
    return `${where}: ${issue.code}${keys}`;
  });
  return issues.slice(0, 5).join('; ');
}

function namesOf(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.keys(data).map((name) => name.slice(0, 60));
}

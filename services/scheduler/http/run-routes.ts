import { type Request, Router } from 'express';
import { z } from 'zod';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { sendProblem } from '#shared/http/problem.ts';
import { getRun, listRuns } from '#shared/ledger/runs.ts';
import { taskCounts } from '#shared/ledger/tasks.ts';
import { requestRun } from '#shared/runs/request-run.ts';
import { retryMissing } from '#shared/runs/retry-run.ts';
import { runView } from '#shared/runs/run-view.ts';
import type { SchedulerDeps } from '../scheduler-deps.ts';

const newRunBody = z.strictObject({
  pipeline: z.string().min(1),
  schedule: z.string().min(1).optional(),
  streams: z.array(z.string().min(1)).min(1).optional(),
  fullRefresh: z.boolean().default(false),
  asOf: z.iso.date().optional(),
});

const RUN_STATUSES = [
  'queued',
  'running',
  'succeeded',
  'no_changes',
  'partial',
  'failed',
  'cancelled',
] as const;

/** Longest key that is kept; more is no name for a request. */
const MAX_KEY_LENGTH = 200;
const idempotencyHeader = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters')
  .max(MAX_KEY_LENGTH)
  .optional();

const listQuery = z.strictObject({
  pipeline: z.string().min(1).optional(),
  status: z.enum(RUN_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().min(1).optional(),
});

/** `POST /runs`, `GET /runs`, `GET /runs/:id`, `POST /runs/:id/retry`. */
export function runRoutes(deps: SchedulerDeps): Router {
  const router = Router();
  router.post('/runs', async (request, response) => {
    if (request.is('application/json') === false) return sendProblem(response, NOT_JSON);
    const body = newRunBody.safeParse(request.body ?? {});
    if (!body.success) return sendProblem(response, badRequest(body.error));
    const key = idempotencyHeader.safeParse(request.get('idempotency-key'));
    if (!key.success) return sendProblem(response, badRequest(key.error, 'Idempotency-Key'));
    const idempotencyKey = key.data;
    const { pipeline, fullRefresh, ...rest } = body.data;
    const { run, created } = await requestRun(deps, pipelineNamed(deps.pipelines, pipeline), {
      ...definedOnly(rest),
      kind: fullRefresh ? 'full_refresh' : 'manual',
      logicalTime: deps.now(),
      requestedBy: 'api',
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    response
      .status(created ? 202 : 200)
      .location(`/v1/runs/${run.runId}`)
      .json(runView(run));
  });
  router.get('/runs', async (request, response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return sendProblem(response, badRequest(query.error));
    const { before } = query.data;
    if (before !== undefined && (await findRun(deps, before)) === undefined) {
      return sendProblem(response, { ...NO_SUCH_RUN, status: 400 });
    }
    const runs = await listRuns(deps.ledger, definedOnly(query.data));
    const next = runs.length === query.data.limit ? (runs.at(-1)?.runId ?? null) : null;
    response.json({ runs: runs.map(runView), next });
  });
  router.get('/runs/:id', async (request: Request<{ id: string }>, response) => {
    const run = await findRun(deps, request.params.id);
    if (run === undefined) return sendProblem(response, NO_SUCH_RUN);
    response.json({
      ...runView(run),
      manifest: run.manifest,
      tasks: await taskCounts(deps.ledger, run.runId),
    });
  });
  router.post('/runs/:id/retry', async (request: Request<{ id: string }>, response) => {
    const found = await findRun(deps, request.params.id);
    if (found === undefined) return sendProblem(response, NO_SUCH_RUN);
    const { run, tasks } = await retryMissing(deps, found.runId);
    response.status(202).json({ ...runView(run), tasks });
  });
  return router;
}

const NO_SUCH_RUN = { status: 404, detail: 'There is no run with this id; GET /v1/runs lists them.' };
const NOT_JSON = { status: 415, detail: 'Send the body as Content-Type: application/json.' };

/** What cannot be an id is not looked up: the ledger refuses some text, e.g. with NUL. */
async function findRun({ ledger }: SchedulerDeps, id: string) {
  return /^[a-z0-9]{1,40}$/.test(id) ? getRun(ledger, id) : undefined;
}

function badRequest(error: z.ZodError, where = 'request') {
  const detail = error.issues.map(({ path, message }) => `${path.join('.') || where}: ${message}`).join('; ');
  return { status: 400, detail };
}

/** Without the keys whose value is undefined, as exact optional properties want it. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

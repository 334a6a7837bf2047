import express, { type Express } from 'express';
import { DEFAULT_SHARD, queues } from '#shared/contracts/jobs.ts';
import { requireBearerToken } from '#shared/http/bearer-token.ts';
import { healthRoutes, type ReadinessCheck } from '#shared/http/health-routes.ts';
import { problemHandler, sendProblem } from '#shared/http/problem.ts';
import { bullBoardRouter } from '#shared/queue/bull-board.ts';
import { listedShards } from '#shared/runs/listed-shards.ts';
import type { SchedulerDeps } from '../scheduler-deps.ts';
import { requireBoardAccess } from './board-access.ts';
import { boardHeaders } from './board-headers.ts';
import { runRoutes } from './run-routes.ts';

/** Every queue there is, for the board. */
function boardQueues({ pipelines }: SchedulerDeps): string[] {
  const shards = [DEFAULT_SHARD, ...listedShards(pipelines).map(({ queueShard }) => queueShard)];
  return [queues.scheduler, ...shards.map(queues.extract), queues.load, queues.transform];
}

const BOARD_PATH = '/queues';

/** The scheduler's HTTP side: health, metrics, `/v1` with a bearer token, Bull Board at `/queues`. */
export function createApp(deps: SchedulerDeps, checks: Readonly<Record<string, ReadinessCheck>>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(checks, deps.metrics.registry));
  app.use(
    '/v1',
    requireBearerToken(deps.settings.apiToken),
    express.json({ limit: '64kb' }),
    runRoutes(deps),
  );
  const board = bullBoardRouter(deps.queue, { basePath: BOARD_PATH, queues: boardQueues(deps) });
  app.use(BOARD_PATH, requireBoardAccess(deps.settings.apiToken), boardHeaders, board);
  app.get('/', (_request, response) => response.redirect(BOARD_PATH));
  app.use((_request, response) => {
    sendProblem(response, {
      status: 404,
      detail: 'There is /v1/runs, /queues, /metrics, /healthz and /readyz.',
    });
  });
  app.use(problemHandler((err) => deps.log.error({ err }, 'a request failed')));
  return app;
}

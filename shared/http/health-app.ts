import express, { type Express } from 'express';
import type { Registry } from 'prom-client';
import { healthRoutes, type ReadinessCheck } from './health-routes.ts';
import { problemHandler, sendProblem } from './problem.ts';

/** The HTTP side of a service that has nothing but health and metrics. */
export function healthApp(checks: Readonly<Record<string, ReadinessCheck>>, registry: Registry): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(checks, registry));
  app.use((_request, response) => {
    sendProblem(response, { status: 404, detail: 'There is /metrics, /healthz and /readyz.' });
  });
  app.use(problemHandler());
  return app;
}

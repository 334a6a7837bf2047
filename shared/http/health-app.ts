import express, { type Express } from 'express';
import type { Registry } from 'prom-client';
import { healthRoutes, type ReadinessCheck } from './health-routes.ts';
import { problemHandler } from './problem.ts';

/** The HTTP side of a service that has nothing but health and metrics. */
export function healthApp(checks: Readonly<Record<string, ReadinessCheck>>, registry: Registry): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(checks, registry));
  app.use(problemHandler);
  return app;
}

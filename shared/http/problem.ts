import type { ErrorRequestHandler, Response } from 'express';
import { PenstockError } from '#shared/errors/penstock-error.ts';

/** Problem details, RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code?: string;
}

/** Answers with `application/problem+json`. */
export function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', ...problem }));
}

/** The last handler of an application: no stack trace and no foreign message leaves it. */
export const problemHandler: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendProblem(response, problemOf(error));
};

function problemOf(error: unknown): Problem {
  if (error instanceof PenstockError) {
    const status = error.retry === 'retryable' ? 503 : 400;
    return {
      status,
      title: error.actor === 'us' ? 'Internal error' : 'Not possible',
      detail: error.message,
      code: error.code,
    };
  }
  const status = (error as { status?: unknown } | null)?.status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return {
      status,
      title: 'Bad request',
      detail: 'The request could not be read: check its JSON, size and encoding.',
    };
  }
  return {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on our side; the log has the details.',
  };
}

import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { PenstockError } from '#shared/errors/penstock-error.ts';

/** Problem details, RFC 9457; the title is the status in words. */
export interface Problem {
  readonly status: number;
  /** What is wrong with this request and what would be right. Never a value of a row, a stack or a foreign message. */
  readonly detail: string;
  readonly code?: string;
}

/** Answers with `application/problem+json`. */
export function sendProblem(response: Response, problem: Problem): void {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, ...problem }));
}

/**
 * The last handler of an application: no stack trace and no foreign message leaves it.
 *
 * @param onFault told of errors that are ours, for the log.
 */
export function problemHandler(onFault: (error: unknown) => void = () => {}): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onFault(error);
    // Too late to say anything. Express itself would print the error, message and all.
    if (response.headersSent) return void response.destroy();
    sendProblem(response, problem);
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof PenstockError) {
    const { code, message: detail } = error;
    return { status: statusOf(error), detail, code };
  }
  const status = (error as { status?: unknown } | null)?.status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, detail: 'The request could not be read: check its JSON, size and encoding.' };
  }
  return { status: 500, detail: 'Something went wrong on our side; the log has the details.' };
}

/** What may pass by itself is 503; of the rest only what the caller named wrongly is the caller's fault. */
function statusOf({ retry, actor }: PenstockError): number {
  if (retry === 'retryable') return 503;
  return retry === 'terminal' && actor === 'operator' ? 400 : 500;
}

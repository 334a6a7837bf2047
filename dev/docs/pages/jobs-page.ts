import { type JobDefinition, jobs } from '#shared/contracts/jobs.ts';
import { markdownTable, type Page } from '../page.ts';

export const jobsPage: Page = { file: 'jobs.md', title: 'Jobs', body: renderJobs };

function renderJobs(): string {
  // Payloads differ by job, and nothing of them but their field names is shown.
  const rows = Object.values(jobs).map((job: Omit<JobDefinition<never>, 'jobId' | 'payload'>) => [
    `\`${job.name}\``,
    String(job.attempts),
    `${job.backoff.baseMs} ms to ${job.backoff.maxMs} ms, jitter ${job.backoff.jitter}`,
    `${job.timeoutMs / 1000} s`,
  ]);
  return [
    'Every kind of job the services exchange. Payloads carry ids, never rows; they are checked when a job is added and',
    'again when it is taken. Deliveries are the queue’s own; how often a task is tried is decided by the ledger.',
    '',
    markdownTable(['Job', 'Deliveries', 'Backoff', 'Timeout'], rows),
  ].join('\n');
}

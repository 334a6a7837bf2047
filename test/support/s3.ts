import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import { type S3Server, startVersitygw, type VersitygwOptions } from '#dev/servers/versitygw.ts';

export type OwnS3 = S3Server;

/** False on a machine without versitygw. */
export function s3Available(): boolean {
  return inject('s3Url') !== '';
}

/** URL of a place of the test's own, a random prefix in a bucket of the run's shared server. */
export function testS3(): string {
  const shared = inject('s3Url');
  if (shared === '') throw new Error('no S3 server: wrap this suite in describeWithS3');
  const url = new URL(shared);
  url.pathname += `/t-${randomBytes(5).toString('hex')}`;
  return url.href;
}

/** Starts an S3 server of the test's own. */
export function startOwnS3(options: VersitygwOptions = {}): Promise<OwnS3> {
  return startVersitygw(options);
}

/**
 * A suite that needs an S3 server. Without one it is skipped and named at the end of the run, by the mark in its title.
 */
export function describeWithS3(name: string, suite: () => void): void {
  describe.skipIf(!s3Available())(`${name} [needs versitygw]`, suite);
}

import { S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-location.ts';

/** A store that does not answer is tried again by the SDK, with jittered pauses, before an error is told. */
const ATTEMPTS = 4;
const CONNECT_TIMEOUT_MS = 5_000;
/** Between two bytes, not for the whole of a transfer. */
const IDLE_TIMEOUT_MS = 120_000;
/** From sending to the answer's head; a part of 8 MiB fits in at 1 Mbit/s. */
const REQUEST_TIMEOUT_MS = 90_000;
const CONNECTIONS = 50;

/**
 * A client for the bucket's server. Checksums are the callers' business: what they give is sent, and nothing is added.
 *
 * @returns to be ended by `destroy()`.
 */
export function openS3Client(location: S3Location): S3Client {
  const client = new S3Client({
    endpoint: location.endpoint,
    region: location.region,
    // The one style that every server and every bucket name allows.
    forcePathStyle: true,
    ...(location.credentials === undefined ? {} : { credentials: location.credentials }),
    maxAttempts: ATTEMPTS,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: false,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS },
    },
  });
  signWithGivenChecksum(client);
  return client;
}

/**
 * The signature holds the body's SHA-256. Where the caller gives that as checksum it is used for both: hashing is what
 * an upload costs.
 */
function signWithGivenChecksum(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { input, request } = args as { input: object; request: unknown };
      const checksum: unknown = Reflect.get(input, 'ChecksumSHA256');
      const hasBody = Reflect.get(input, 'Body') instanceof Uint8Array;
      if (hasBody && typeof checksum === 'string' && hasHeaders(request)) {
        request.headers['x-amz-content-sha256'] = Buffer.from(checksum, 'base64').toString('hex');
      }
      return next(args);
    },
    { step: 'build', name: 'signWithGivenChecksum' },
  );
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request;
}

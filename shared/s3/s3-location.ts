import { PenstockError } from '#shared/errors/penstock-error.ts';
import { s3Errors } from './errors.ts';

/** A bucket, or what lies below a prefix of it, and how to get there. */
export interface S3Location {
  /** `https://host[:port]` */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ends with `/`; keys of objects lie below it. */
  readonly prefix: string;
  /** Undefined: those of the machine or pod, by the AWS SDK's default chain (environment, role, profile). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PARAMETERS: readonly string[] = ['region', 'tls'];

/**
 * Reads `s3://key:secret@host[:port]/bucket[/prefix]?region=…&tls=…`, the one form for every S3 server; AWS's hosts are
 * `s3.<region>.amazonaws.com`. Key and secret are percent-encoded (`/` as `%2F`, `+` as `%2B`) or both left out. `region`
 * is `us-east-1` by default, `tls` is `true`.
 *
 * @throws S3_URL_INVALID naming the rule, never a part of the URL.
 */
export function parseS3Url(text: string): S3Location {
  const problem = (rule: string): PenstockError => new PenstockError(s3Errors.urlInvalid, { rule });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:') throw problem('not a URL that begins with s3://');
  if (url.hostname === '') throw problem('no host');
  for (const name of url.searchParams.keys())
    if (!PARAMETERS.includes(name)) throw problem('a parameter other than region and tls');
  const tls = url.searchParams.get('tls') ?? 'true';
  if (tls !== 'true' && tls !== 'false') throw problem('tls is neither true nor false');
  const [bucket = '', ...folders] = decoded(url.pathname.slice(1), problem).split('/');
  if (!BUCKET.test(bucket)) throw problem('no bucket, or not the name of one');
  return {
    endpoint: `${tls === 'true' ? 'https' : 'http'}://${url.host}`,
    region: url.searchParams.get('region') || 'us-east-1',
    bucket,
    prefix: prefixOf(folders, problem),
    credentials: credentialsOf(url, problem),
  };
}

/** Where a bucket is, for messages: nothing secret in it. */
export const nameOfLocation = ({ endpoint, bucket, prefix }: S3Location): string =>
  `${endpoint}/${bucket}/${prefix}`;

function credentialsOf(url: URL, problem: (rule: string) => PenstockError): S3Location['credentials'] {
  const [accessKeyId, secretAccessKey] = [decoded(url.username, problem), decoded(url.password, problem)];
  if (accessKeyId === '' && secretAccessKey === '') return undefined;
  if (accessKeyId === '' || secretAccessKey === '') throw problem('a key without secret, or the reverse');
  return { accessKeyId, secretAccessKey };
}

function prefixOf(folders: readonly string[], problem: (rule: string) => PenstockError): string {
  const named = folders.at(-1) === '' ? folders.slice(0, -1) : folders;
  if (named.includes('')) throw problem('an empty folder in the prefix');
  return named.map((folder) => `${folder}/`).join('');
}

function decoded(text: string, problem: (rule: string) => PenstockError): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw problem('a % that encodes nothing');
  }
}

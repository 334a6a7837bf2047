import { expect, test } from 'vitest';
import { nameOfLocation, parseS3Url } from './s3-location.ts';

test('a URL names server, bucket, prefix, region and who asks', () => {
  expect(parseS3Url('s3://key:se%2Fcr%2Bet@127.0.0.1:9000/bucket/a/b?region=eu-west-1&tls=false')).toEqual({
    endpoint: 'http://127.0.0.1:9000',
    region: 'eu-west-1',
    bucket: 'bucket',
    prefix: 'a/b/',
    credentials: { accessKeyId: 'key', secretAccessKey: 'se/cr+et' },
  });
});

test('TLS, the region and the whole bucket are the default; without a key the machine’s own is used', () => {
  expect(parseS3Url('s3://s3.eu-west-1.amazonaws.com/my.bucket-1/')).toEqual({
    endpoint: 'https://s3.eu-west-1.amazonaws.com',
    region: 'us-east-1',
    bucket: 'my.bucket-1',
    prefix: '',
    credentials: undefined,
  });
});

test('prefixes may hold any letter', () => {
  expect(parseS3Url('s3://k:s@host/bucket/mit%20Leerzeichen/%C3%BC/').prefix).toBe('mit Leerzeichen/ü/');
});

test.each([
  ['', 'not a URL'],
  ['bucket', 'not a URL'],
  ['https://k:SECRET@host/bucket', 'not a URL'],
  ['s3:///bucket', 'no host'],
  ['s3://k:SECRET@host', 'no bucket'],
  ['s3://k:SECRET@host/', 'no bucket'],
  ['s3://k:SECRET@host/UPPER', 'no bucket'],
  ['s3://k:SECRET@host/..%2Fup', 'no bucket'],
  ['s3://k:SECRET@host/bucket//a', 'empty folder'],
  ['s3://k:SECRET@host/bucket?region=a&style=path', 'parameter'],
  ['s3://k:SECRET@host/bucket?tls=no', 'tls'],
  ['s3://SECRET@host/bucket', 'without secret'],
  ['s3://:SECRET@host/bucket', 'without secret'],
  ['s3://k:SECRET%@host/bucket', '%'],
  ['s3://k:SECRET%ff@host/bucket', '%'],
])('%s is refused: %s', (url, rule) => {
  let error: unknown;
  try {
    parseS3Url(url);
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'S3_URL_INVALID', retry: 'terminal' });
  expect(String(error)).toContain(rule);
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('SECRET');
});

test('the name of a place holds nothing secret', () => {
  const name = nameOfLocation(parseS3Url('s3://KEY:SECRET@host:1/bucket/a?tls=false'));
  expect(name).toBe('http://host:1/bucket/a/');
});

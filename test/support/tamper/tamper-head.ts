import type { SentAnswer } from '#dev/shard-api/server/tamper.ts';
import type { Chance } from './chance.ts';

const STATUSES = [
  201, 204, 301, 302, 307, 400, 403, 404, 405, 408, 410, 413, 418, 422, 500, 501, 502, 503, 504, 599,
];

/** An answer that is an error, or none anybody knows, with secrets wherever a head has room for one. */
export function tamperHead(chance: Chance, answer: SentAnswer): SentAnswer {
  const status = chance.pick(STATUSES);
  const mark = chance.mark();
  const headers = {
    ...answer.headers,
    [`x-${mark}`]: chance.mark(),
    'set-cookie': `session=${chance.mark()}; HttpOnly`,
    location: `http://${mark}:${mark}@127.0.0.1/${mark}?user=${mark}`,
    'retry-after': '0',
    'www-authenticate': `Bearer realm="${mark}"`,
  };
  const bytes =
    status === 204
      ? Buffer.alloc(0)
      : Buffer.from(JSON.stringify({ error: mark, [mark]: { [`j.${mark}@example.test`]: mark } }));
  return { ...answer, status, reason: `Failed for ${chance.mark()}`, headers, bytes };
}

/** What comes over the connection is no HTTP, or not to its end. */
export function noHttp(chance: Chance, answer: SentAnswer): SentAnswer {
  const mark = chance.mark();
  const json = 'content-type: application/json\r\n';
  const raw = chance.pick([
    `${mark} / ${mark}\r\n${mark}: ${mark}\r\n\r\n${mark}`,
    `HTTP/1.1 200 ${mark}\r\n${mark}\u0000: ${mark}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${json}x-long: ${mark.repeat(5_000)}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n${mark}\r\n${mark}`,
    `HTTP/1.1 200 OK\r\n${json}content-length: 900000\r\n\r\n{"items":[{"device_id":"${mark}"}`,
    `HTTP/1.1 200 OK\r\n${json}content-length: ${mark}\r\n\r\n{"${mark}":1}`,
    `HTTP/1.1 999 ${mark}\r\n\r\n`,
  ]);
  return { ...answer, raw: Buffer.from(raw) };
}

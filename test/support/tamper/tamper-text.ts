import { gzipSync } from 'node:zlib';
import type { SentAnswer } from '#dev/shard-api/server/tamper.ts';
import type { Chance } from './chance.ts';

type Change = (chance: Chance, answer: SentAnswer) => SentAnswer;

const withText = (answer: SentAnswer, text: string): SentAnswer => ({ ...answer, bytes: Buffer.from(text) });
const withHeaders = (answer: SentAnswer, headers: SentAnswer['headers']): SentAnswer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

/** More than a reader parses whole. */
const LONG_BYTES = 8.5 * 1024 * 1024;

/** A place in the text, as a rule one that is close behind a mark, so that whatever is quoted quotes it. */
function cutIn(chance: Chance, text: string): number {
  const at = text.indexOf('PII-', chance.whole(text.length));
  return at < 0 ? chance.whole(text.length) : at + chance.whole(24);
}

/** Bodies that are no JSON, or not what their headers say. By name, so that a test can tell which it has seen. */
export const TEXT_CHANGES = {
  cut: (chance, answer) => {
    const text = answer.bytes.toString();
    return withText(answer, text.slice(0, cutIn(chance, text)));
  },
  inserted: (chance, answer) => {
    const text = answer.bytes.toString();
    const at = cutIn(chance, text);
    const what = chance.pick([
      '"',
      '\n',
      '{',
      ']',
      'NaN',
      '-Infinity',
      `${chance.mark()}`,
      '\\u00',
      '\u0000',
      '/*',
    ]);
    return withText(answer, `${text.slice(0, at)}${what}${text.slice(at)}`);
  },
  // Parsers quote what stands where a value should.
  unquoted: (chance, answer) => {
    const text = answer.bytes.toString();
    const at = Math.max(0, text.indexOf(':"', chance.whole(text.length)));
    return withText(answer, `${text.slice(0, at + 1)}${chance.mark()}${text.slice(at + 2)}`);
  },
  trailing: (chance, answer) => withText(answer, `${answer.bytes}${chance.mark()}`),
  'not utf-8': (chance, answer) => {
    const at = chance.whole(answer.bytes.length);
    const mark = Buffer.from(chance.mark());
    return {
      ...answer,
      bytes: Buffer.concat([
        answer.bytes.subarray(0, at),
        mark,
        Buffer.of(0xff, 0xc0),
        answer.bytes.subarray(at),
      ]),
    };
  },
  'other shape': (chance, answer) =>
    withText(
      answer,
      JSON.stringify(
        chance.pick([{ [chance.mark()]: [] }, { items: chance.mark() }, [chance.mark()], chance.mark()]),
      ),
    ),
  'twice the key': (chance, answer) =>
    withText(
      answer,
      answer.bytes.toString().replaceAll('"device_id":', `"device_id":"${chance.mark()}","device_id":`),
    ),
  'broken gzip': (chance, answer) =>
    withHeaders(withText(answer, chance.mark().repeat(20)), { 'content-encoding': 'gzip' }),
  'cut gzip': (_, answer) => {
    const packed = gzipSync(answer.bytes);
    return withHeaders(
      { ...answer, bytes: packed.subarray(0, packed.length / 2) },
      { 'content-encoding': 'gzip' },
    );
  },
  gzip: (_, answer) =>
    withHeaders({ ...answer, bytes: gzipSync(answer.bytes) }, { 'content-encoding': 'gzip' }),
  'other type': (chance, answer) =>
    withHeaders(withText(answer, `<p>${chance.mark()}</p>`), {
      'content-type': `text/${chance.mark()}; charset=${chance.mark()}`,
    }),
  'other encoding': (chance, answer) => withHeaders(answer, { 'content-encoding': chance.mark() }),
  // Read row by row while it arrives, since it is too long to be held.
  long: (chance, answer) => {
    const text = answer.bytes.toString();
    const at = text.indexOf('[') + 1;
    const between = `${' '.repeat(LONG_BYTES)}${chance.pick(['', '', `"${chance.mark()}",`, `${chance.mark()},`])}`;
    return withText(answer, `${text.slice(0, at)}${between}${text.slice(at)}`);
  },
} satisfies Record<string, Change>;

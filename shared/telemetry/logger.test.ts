import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { describeError } from './describe-error.ts';
import { createLogger } from './logger.ts';

const definition = {
  code: 'T_X',
  retry: 'terminal',
  actor: 'us',
  what: 'it broke',
  now: 'Mend it.',
} as const;

test('a foreign message never reaches the log, since it may quote a row value', () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
  const foreign = Object.assign(new Error('duplicate key (e-mail)=(ann@example.org)'), { code: '23505' });
  createLogger('loader', 'info', sink).error({ err: foreign }, 'load failed');
  expect(lines.join('')).toContain('23505');
  expect(lines.join('')).not.toContain('ann@');
});

test('an error of ours keeps code, message and who acts next', () => {
  expect(describeError(new PenstockError(definition, { file: 'f' }))).toEqual({
    code: 'T_X',
    message: 'it broke (file=f). Mend it.',
    actor: 'us',
    retry: 'terminal',
  });
});

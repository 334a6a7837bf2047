import type { Readable } from 'node:stream';
import { retryAfterMs } from './retry-delay.ts';

/** Status of an answer, and what of its headers matters, already read. */
export interface AnswerHead {
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** It says that it is JSON in UTF-8, plain or gzip. */
  readonly isJson: boolean;
  readonly isGzip: boolean;
  /** As declared; null when it is not. */
  readonly lengthBytes: number | null;
}

export interface StreamedAnswer extends AnswerHead {
  /** To be read to its end, destroyed, or discarded. */
  readonly body: Readable;
}

/** Its body was taken in as it arrived, all of it. */
export interface TakenAnswer extends AnswerHead {
  readonly body: null;
}

export type Answer = StreamedAnswer | TakenAnswer;

/** Takes a piece of a body, which is good during the call only. */
export type TakePiece = (piece: Buffer) => void;

/** Decides, once the head is there, to take a body in as it arrives; null to have it as a stream. */
export type TakeWhole = (head: AnswerHead) => TakePiece | null;

/** Headers as undici gives them. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function headOf(status: number, headers: AnswerHeaders): AnswerHead {
  const encoding = textOf(headers['content-encoding']).toLowerCase();
  const length = textOf(headers['content-length']);
  return {
    status,
    retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
    isJson: saysJson(textOf(headers['content-type'])) && ['', 'identity', 'gzip'].includes(encoding),
    isGzip: encoding === 'gzip',
    lengthBytes: /^\d{1,15}$/.test(length) ? Number(length) : null,
  };
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header.trim() : '';
}

function saysJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (!/^application\/([a-z0-9.+-]+\+)?json$/.test(type.trim())) return false;
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}

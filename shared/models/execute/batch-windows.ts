import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import type { ModelNode } from '../project/project.ts';
import { textOr } from '../project/read-yaml.ts';

/** One batch of a microbatch model: from its start, included, to its end, not included. */
export interface BatchWindow {
  readonly start: Date;
  readonly end: Date;
}

export type BatchSize = 'hour' | 'day' | 'month' | 'year';

/** What the windows of an invocation depend on. */
export interface BatchQuestion {
  /** The table is there and is not to be rebuilt. */
  readonly incremental: boolean;
  /** ISO instants of the command line. */
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  /** ISO instant: where windows end unless told otherwise. */
  readonly now: string;
}

/**
 * The windows a microbatch model is built in, oldest first, as the original divides time (`materializations/incremental/microbatch.py`): whole
 * hours, days, months or years in UTC; from `begin` the first time, later from `lookback` batches before the present one.
 *
 * @throws PenstockError `MODEL_BATCHES_INVALID` when `begin` or `batch_size` is missing or cannot be read.
 */
export function batchWindows(node: ModelNode, asked: BatchQuestion): BatchWindow[] {
  const { raw } = node.config;
  const size = sizeOf(node);
  const end = ceiling(instant(node, asked.eventTimeEnd ?? asked.now), size);
  const start = startOf(node, asked, end, size);
  const windows: BatchWindow[] = [];
  let at = start;
  // At least one: an empty window is a batch of no rows.
  do {
    const next = offset(at, size, 1);
    windows.push({ start: at, end: next < end ? next : end });
    at = next;
  } while (at < end);
  if (raw['event_time'] === undefined) throw invalid(node, 'event_time is not configured');
  return windows;
}

function startOf(node: ModelNode, asked: BatchQuestion, end: Date, size: BatchSize): Date {
  if (asked.eventTimeStart !== undefined) return truncated(instant(node, asked.eventTimeStart), size);
  const { begin, lookback } = node.config.raw;
  if (!asked.incremental) return truncated(instant(node, textOr(begin, '')), size);
  const batches = typeof lookback === 'number' ? lookback : 1;
  // The end lies on a border: the batch before it is the present one.
  return offset(end, size, -1 - batches);
}

/** `2024-01-05_10`, `20240105`, … as the original names batches: digits down to the batch's size. */
export function batchId({ start }: BatchWindow, size: BatchSize): string {
  const digits = start.toISOString().replace(/[-T:]/g, '');
  return digits.slice(0, { year: 4, month: 6, day: 8, hour: 10 }[size]).replace(/^(\d{8})(\d\d)$/, '$1T$2');
}

/** `2024`, `2024-01`, `2024-01-05`, `2024-01-05T10`: how lines and files name a batch (as the original's `format_batch_start`). */
export const batchName = ({ start }: BatchWindow, size: BatchSize): string =>
  start.toISOString().slice(0, { year: 4, month: 7, day: 10, hour: 13 }[size]);

export function sizeOf(node: ModelNode): BatchSize {
  const size = textOr(node.config.raw['batch_size'], '');
  if (size === 'hour' || size === 'day' || size === 'month' || size === 'year') return size;
  throw invalid(node, 'batch_size is none of hour, day, month, year');
}

function instant(node: ModelNode, text: string): Date {
  const hasZone = /([zZ]|[+-]\d\d:?\d\d)$/.test(text.slice(10));
  const date = new Date(
    `${text.length === 10 ? `${text}T00:00:00` : text.replace(' ', 'T')}${hasZone ? '' : 'Z'}`,
  );
  if (Number.isNaN(date.getTime())) throw invalid(node, 'begin, or a time of the command line, is no date');
  return date;
}

function truncated(date: Date, size: BatchSize): Date {
  const [year, month, day, hour] = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
  ];
  if (size === 'year') return new Date(Date.UTC(year, 0, 1));
  if (size === 'month') return new Date(Date.UTC(year, month, 1));
  return new Date(Date.UTC(year, month, day, size === 'hour' ? hour : 0));
}

function ceiling(date: Date, size: BatchSize): Date {
  const floor = truncated(date, size);
  return floor.getTime() === date.getTime() ? floor : offset(floor, size, 1);
}

function offset(date: Date, size: BatchSize, batches: number): Date {
  const moved = truncated(date, size);
  if (size === 'year') moved.setUTCFullYear(moved.getUTCFullYear() + batches);
  else if (size === 'month') moved.setUTCMonth(moved.getUTCMonth() + batches);
  else if (size === 'day') moved.setUTCDate(moved.getUTCDate() + batches);
  else moved.setUTCHours(moved.getUTCHours() + batches);
  return moved;
}

const invalid = (node: ModelNode, why: string): PenstockError =>
  new PenstockError(modelErrors.batchesInvalid, { model: node.name, why });

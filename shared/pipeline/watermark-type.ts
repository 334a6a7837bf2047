import type { CursorDeclaration, StreamDeclaration } from './declaration.ts';

/** What a stream's watermark counts: an instant, a day, or an integer of the source. */
export type WatermarkType = CursorDeclaration['type'];

/** A snapshot's is the instant of the last one, a period's the first day not yet fetched, that of objects when they were last listed. */
export function watermarkTypeOf(stream: StreamDeclaration): WatermarkType {
  if (stream.kind === 'cursor') return stream.cursor.type;
  return stream.kind === 'period' ? 'date' : 'timestamptz';
}

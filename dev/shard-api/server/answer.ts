import type { Draw } from '../fleet/draw.ts';
import type { JsonObject } from '../json.ts';
import { errorBody } from '../personal/of-error.ts';

/** What is to be sent, before faults of the way there. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export const ok = (body: JsonObject): Answer => ({ status: 200, headers: {}, body });

/** An error in JSON. `code` is stable; the message holds personal data, as careless back ends have it. */
export const problem = (
  draw: Draw,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers, body: errorBody(draw, code, message) });

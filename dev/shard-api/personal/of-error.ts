import { Draw, tagOf } from '../fleet/draw.ts';
import type { JsonObject } from '../json.ts';
import { markOf } from './mark.ts';
import { contactOf, emailOf, nameOf } from './person.ts';

const ANSWER = tagOf('answer');
const CALLER = tagOf('caller');
const AGENT = tagOf('agent');
const SESSION = tagOf('session');
const HAS_SESSION = tagOf('has session');

/** What is drawn about the `nth` answer of a shard. */
export const answerDraw = (seed: number, nth: number): Draw => new Draw(seed, ANSWER, nth);

/** The body of an error, as careless back ends write it: with people in the message, beside it and as a key. */
export const errorBody = (draw: Draw, code: string, message: string): JsonObject => ({
  error: {
    code,
    message: `${message} (asked for by ${nameOf(draw, CALLER)}, session ${markOf(draw, SESSION)})`,
    contact: contactOf(draw, AGENT),
    [emailOf(draw, CALLER)]: { notified: true },
  },
});

/** The reason phrase of an error's status line. Plain ASCII, as HTTP wants it. */
export const reasonOf = (draw: Draw): string => `Failed for ${markOf(draw, CALLER)}`;

/** An error as a proxy in front of the back end would show it. */
export const errorPage = (draw: Draw): string =>
  `<!doctype html><title>Sorry</title><p>Dear ${nameOf(draw, CALLER)}, write to ${emailOf(draw, AGENT)}.</p>`;

/** Headers with people in them; one of them only now and then. */
export const personalHeaders = (draw: Draw): Record<string, string> => ({
  'x-account-contact': emailOf(draw, CALLER),
  ...(draw.chance(HAS_SESSION, 0.2) ? { 'set-cookie': `session=${markOf(draw, SESSION)}; HttpOnly` } : {}),
});

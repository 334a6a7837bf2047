import type { JsonObject } from '#dev/shard-api/json.ts';
import { MARK_PATTERN } from '#dev/shard-api/personal/mark.ts';
import type { AnswerPlace, SentAnswer, Tamper } from '#dev/shard-api/server/tamper.ts';
import { type Chance, seededChance } from './chance.ts';
import { noHttp, tamperHead } from './tamper-head.ts';
import { TEXT_CHANGES } from './tamper-text.ts';
import { put, tamperValues } from './tamper-values.ts';

/** How often what is done, each a share of the answers. */
export interface TamperShares {
  /** Secrets as values and keys, in allowed places too. */
  readonly values: number;
  /** The cursor of the next page carries a secret, and still leads there. */
  readonly cursors: number;
  /** Answers that no reader can use. */
  readonly unusable: number;
}

type TextChange = keyof typeof TEXT_CHANGES;

const ANSWERS_PER_LONG = 1_000;
const NOTHING: TamperShares = { values: 0, cursors: 0, unusable: 0 };

/** Puts secrets into answers at places of every kind, and counts what it did. */
export class AnswerTamper implements Tamper {
  shares: TamperShares = NOTHING;
  /** Shards that list a slice whose id is a secret. */
  listsMarks: ReadonlySet<string> = new Set();
  /** Answers sent that held at least one mark. */
  marked = 0;
  #tokens = 0;
  readonly #done = new Map<string, number>();
  readonly #chance: Chance;

  constructor(seed: number) {
    this.#chance = seededChance(seed);
  }

  /** How often each kind of change was made. */
  get done(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#done);
  }

  /** Leaves answers as they are from here on. */
  rest(): void {
    this.shares = NOTHING;
    this.listsMarks = new Set();
  }

  target(target: string): string {
    return target.replace(/~PII-[0-9a-f]{12}/, '');
  }

  answer(answer: SentAnswer, place: AnswerPlace): SentAnswer {
    const sent = this.#changed(answer, place);
    if (MARK_PATTERN.test(JSON.stringify(sent.headers)) || MARK_PATTERN.test(`${sent.raw ?? sent.bytes}`))
      this.marked += 1;
    return sent;
  }

  #changed(answer: SentAnswer, place: AnswerPlace): SentAnswer {
    if (place.endpoint === 'token') return this.#token(answer);
    const chance = this.#chance;
    if (chance.unit() < this.shares.unusable) return this.#unusable(answer);
    const body = answer.status === 200 ? bodyOf(answer.bytes) : undefined;
    if (body === undefined) return answer;
    const changes: string[] = [];
    // Ids of slices have their own switch: a single wrong one is all it takes.
    if (place.endpoint !== 'customers' && chance.unit() < this.shares.values) {
      tamperValues(chance, body);
      changes.push('values');
    }
    if (chance.unit() < this.shares.cursors && typeof body['next_cursor'] === 'string') {
      put(body, 'next_cursor', `${body['next_cursor']}~${chance.mark()}`);
      changes.push('cursor');
    }
    if (place.endpoint === 'customers' && this.listsMarks.has(place.shard)) {
      listMark(chance, body);
      changes.push('slice id');
    }
    for (const change of changes) this.#count(change);
    return changes.length === 0 ? answer : { ...answer, bytes: Buffer.from(JSON.stringify(body)) };
  }

  #unusable(answer: SentAnswer): SentAnswer {
    const chance = this.#chance;
    const which = chance.unit();
    const name = this.#textChange();
    this.#count(which < 0.2 ? 'head' : which < 0.3 ? 'no HTTP' : name);
    if (which < 0.2) return tamperHead(chance, answer);
    return which < 0.3 ? noHttp(chance, answer) : TEXT_CHANGES[name](chance, answer);
  }

  /** Long bodies cost so much that a few have to do. */
  #textChange(): TextChange {
    const names = Object.keys(TEXT_CHANGES) as TextChange[];
    const enough = (this.#done.get('long') ?? 0) * ANSWERS_PER_LONG > this.marked;
    return this.#chance.pick(enough ? names.filter((name) => name !== 'long') : names);
  }

  /** Tokens that cannot stand in a header, that no one issued, or whose life is a word. */
  #token(answer: SentAnswer): SentAnswer {
    const chance = this.#chance;
    this.#tokens += 1;
    if (this.shares.unusable === 0 || this.#tokens % 6 !== 1) return answer;
    this.#count('token');
    const mark = chance.mark();
    const body = chance.pick<JsonObject>([
      { access_token: mark, expires_in: 60 },
      { access_token: `${mark}\r\nx-${mark}: ${mark}`, expires_in: 60 },
      { access_token: mark, expires_in: mark },
      { [mark]: mark },
    ]);
    return { ...answer, status: 200, bytes: Buffer.from(JSON.stringify(body)) };
  }

  #count(what: string): void {
    this.#done.set(what, (this.#done.get(what) ?? 0) + 1);
  }
}

function bodyOf(bytes: Buffer): JsonObject | undefined {
  try {
    return JSON.parse(bytes.toString()) as JsonObject;
  } catch {
    // A fault of the simulator has been at it already.
    return undefined;
  }
}

/** A mark has nothing in it that an id could not have. */
function listMark(chance: Chance, body: JsonObject): void {
  const [first] = (body['items'] ?? []) as JsonObject[];
  if (first !== undefined) put(first, 'customer_id', chance.pick([chance.mark(), chance.nameMark()]));
}

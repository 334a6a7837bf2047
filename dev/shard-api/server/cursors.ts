import { createHmac } from 'node:crypto';

/** Where a reading stands. */
export interface Position {
  /** The page begins with the first entry of at least this key. */
  readonly key: number;
  /** The page is sent for the second time. */
  readonly repeated: boolean;
}

const MAC_CHARACTERS = 16;

/** Cursors nobody can read or carry to another list: signed, with what they belong to. */
export class Cursors {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @param list what is paged through: path and filters. */
  encode(list: string, { key, repeated }: Position): string {
    const payload = `${key}${repeated ? 'r' : ''}`;
    return Buffer.from(`${payload}.${this.#mac(list, payload)}`).toString('base64url');
  }

  /** Undefined for a cursor that was not made for this list. */
  decode(list: string, cursor: string): Position | undefined {
    const text = Buffer.from(cursor, 'base64url').toString();
    const [payload = '', mac] = text.split('.');
    if (!/^\d+r?$/.test(payload) || mac !== this.#mac(list, payload)) return undefined;
    return { key: Number.parseInt(payload, 10), repeated: payload.endsWith('r') };
  }

  #mac(list: string, payload: string): string {
    const mac = createHmac('sha256', this.#secret).update(`${list} ${payload}`).digest('base64url');
    return mac.slice(0, MAC_CHARACTERS);
  }
}

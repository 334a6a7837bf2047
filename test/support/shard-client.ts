import { Client } from 'undici';

/** What a shard answered. */
export interface ShardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A plain client of one shard: one connection, a token, nothing clever. */
export class ShardClient {
  readonly #client: Client;
  readonly #basic: string;
  #token: string | undefined;

  /** @param url base URL with the client's name and secret. */
  constructor(url: string) {
    const { origin, username, password } = new URL(url);
    this.#client = new Client(origin, { headersTimeout: 20_000, bodyTimeout: 20_000 });
    this.#basic = Buffer.from(`${username}:${password}`).toString('base64');
  }

  /** Asks for a token and keeps it. */
  async signIn(): Promise<ShardAnswer> {
    const answer = await this.send(
      'POST',
      '/oauth/token',
      `Basic ${this.#basic}`,
      'grant_type=client_credentials',
    );
    if (answer.status === 200)
      this.#token = (JSON.parse(answer.text) as { access_token: string }).access_token;
    return answer;
  }

  /** @param signal gives up. */
  async get(path: string, signal?: AbortSignal): Promise<ShardAnswer> {
    if (this.#token === undefined) await this.signIn();
    return this.send('GET', path, `Bearer ${this.#token}`, null, signal);
  }

  /** The answer's JSON, which must have come with 200. */
  async getJson<T>(path: string): Promise<T> {
    const { status, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path} was answered by ${status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as T;
  }

  /** All pages of a list. */
  async pages<T extends { readonly next_cursor: string | null }>(path: string, most = 1_000): Promise<T[]> {
    const found: T[] = [];
    for (let next: string | null = ''; next !== null && found.length < most; ) {
      const cursor: string = next === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${next}`;
      const page: T = await this.getJson<T>(`${path}${cursor}`);
      found.push(page);
      next = page.next_cursor;
    }
    return found;
  }

  async send(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    authorization: string,
    body: string | null = null,
    signal?: AbortSignal,
  ): Promise<ShardAnswer> {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.#client.request({ method, path, headers, body, signal: signal ?? null });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** The body as it arrives, with GET. */
  async stream(path: string, take: (chunk: Buffer) => boolean): Promise<number> {
    if (this.#token === undefined) await this.signIn();
    const headers = { authorization: `Bearer ${this.#token}` };
    const { statusCode, body } = await this.#client.request({ method: 'GET', path, headers });
    for await (const chunk of body) if (!take(chunk as Buffer)) break;
    return statusCode;
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }
}

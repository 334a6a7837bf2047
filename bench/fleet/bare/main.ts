import { Pool } from 'undici';
import type { BareAnswer, BareWork, PagedList } from './bare-work.ts';

/*
 * Fetches pages and parses them, and does nothing else: what an extractor is measured against. Says that it is ready, waits for a
 * message with what to fetch, answers when all of it came, and ends when whoever started it does.
 */
process.on('message', async (work: BareWork) => {
  const answers = await Promise.all(Object.values(work.urls).map((url) => fetchShard(url, work)));
  const sum = (of: keyof BareAnswer): number => answers.reduce((total, answer) => total + answer[of], 0);
  process.send?.({ pages: sum('pages'), bytes: sum('bytes') } satisfies BareAnswer);
});
process.send?.('ready');

interface Page {
  readonly items?: readonly { readonly customer_id: string }[];
  readonly next_cursor: string | null;
}

async function fetchShard(url: string, { customers, lists, lanes }: BareWork): Promise<BareAnswer> {
  const { origin, username, password } = new URL(url);
  const pool = new Pool(origin, { connections: lanes });
  const token = await tokenOf(pool, `${username}:${password}`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  let [pages, bytes] = [0, 0];
  const pagesOf = async function* ({ path, limit }: PagedList): AsyncGenerator<Page> {
    for (let cursor: string | null = null; ; ) {
      const query = `limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const { statusCode, body } = await pool.request({ method: 'GET', path: `${path}?${query}`, headers });
      if (statusCode !== 200) throw new Error(`a shard answered ${statusCode}`);
      const text = await body.text();
      const page = JSON.parse(text) as Page;
      pages += 1;
      bytes += text.length;
      yield page;
      cursor = page.next_cursor;
      if (cursor === null) return;
    }
  };
  const waiting: PagedList[] = [];
  for await (const { items = [] } of pagesOf(customers)) {
    for (const { customer_id: id } of items)
      waiting.push(...lists.map(({ path, limit }) => ({ limit, path: path.replace('{slice}', id) })));
  }
  const lane = async (): Promise<void> => {
    for (let list = waiting.pop(); list !== undefined; list = waiting.pop())
      for await (const _ of pagesOf(list));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await pool.close();
  return { pages, bytes };
}

async function tokenOf(pool: Pool, credentials: string): Promise<string> {
  const { body } = await pool.request({
    method: 'POST',
    path: '/oauth/token',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await body.json()) as { access_token: string };
  return token;
}

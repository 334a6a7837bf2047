/** The parts of a shard's URL. */
export interface ShardUrl {
  readonly origin: string;
  /** Without a slash at its end. */
  readonly basePath: string;
  readonly client: string;
  readonly secret: string;
}

/** @returns the parts, or what is wrong, in words that quote nothing of the URL. */
export function parseShardUrl(text: string): ShardUrl | string {
  const url = URL.parse(text);
  if (url === null) return 'is no URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'is neither http nor https';
  if (url.search !== '' || url.hash !== '') return 'has a query or a fragment';
  const client = decoded(url.username);
  const secret = decoded(url.password);
  if (client === undefined || secret === undefined)
    return 'has a client or secret that is wrongly percent-encoded';
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), client, secret };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

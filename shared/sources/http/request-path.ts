import type { HttpEndpoint } from '#shared/pipeline/http-declaration.ts';

/** What placeholders of an endpoint stand for in one call. */
export interface CallValues {
  readonly slice?: string;
  readonly entity?: string;
  readonly day?: string;
}

/**
 * Path and query of one call, values percent-encoded.
 *
 * @param basePath path of the shard's URL, without a slash at its end.
 * @param cursor of the page; null for the first.
 */
export function requestPath(
  basePath: string,
  endpoint: HttpEndpoint,
  values: CallValues,
  cursor: string | null,
): string {
  const pairs = Object.entries(endpoint.query).map(
    ([name, template]) => [name, fill(template, values)] as const,
  );
  const { page } = endpoint;
  const paging =
    page === null
      ? []
      : [
          [page.limitParam, String(page.limit)] as const,
          ...(cursor === null ? [] : [[page.param, cursor] as const]),
        ];
  const query = [...pairs, ...paging].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const path = endpoint.path.replace(PLACEHOLDER, (_, name: keyof CallValues) => encode(values[name] ?? ''));
  return `${basePath}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
}

const PLACEHOLDER = /\{(slice|entity|day)\}/g;

function fill(template: string, values: CallValues): string {
  return template.replace(PLACEHOLDER, (_, name: keyof CallValues) => values[name] ?? '');
}

/** A lone surrogate cannot be encoded; it is replaced, as it would be in any UTF-8 text. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

import type { RunningServices } from '../running-services.ts';
import type { MarkForms } from './mark-forms.ts';

/** What a search of everything services answer over HTTP came to. */
export interface HttpSearch {
  /** Paths whose answer holds a mark. */
  readonly found: readonly string[];
  readonly answers: number;
  readonly bytes: number;
}

const BOARD = '/queues/api/queues';

/** Asks for health, metrics, each run and each queue's jobs on the board. */
export async function searchHttp(
  { httpPort, input }: RunningServices,
  runIds: readonly string[],
  forms: MarkForms,
): Promise<HttpSearch> {
  const token = input.settings.apiToken ?? '';
  const ask = async (path: string): Promise<string> => {
    const basic = Buffer.from(`test:${token}`).toString('base64');
    const authorization = path.startsWith('/queues') ? `Basic ${basic}` : `Bearer ${token}`;
    const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`${path} was answered by ${answer.status}`);
    return answer.text();
  };
  const { queues } = JSON.parse(await ask(BOARD)) as { queues: readonly { readonly name: string }[] };
  const paths = [
    ...['/healthz', '/readyz', '/metrics', '/v1/runs?limit=200'],
    ...runIds.map((id) => `/v1/runs/${id}`),
    ...queues.map(({ name }) => `${BOARD}?activeQueue=${encodeURIComponent(name)}&page=1&jobsPerPage=100`),
  ];
  const found: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const text = await ask(path);
    bytes += text.length;
    if (forms.isIn(text)) found.push(path);
  }
  return { found, answers: paths.length, bytes };
}

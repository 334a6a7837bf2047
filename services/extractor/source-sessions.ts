import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { extractorErrors } from './errors.ts';

/** The source databases of a process, opened at first use and shared by its tasks. */
export class SourceSessions {
  readonly #urls: Readonly<Record<string, string>>;
  readonly #open = new Map<string, PostgresSource>();

  /** @param urls by the declaration's `connection` name. */
  constructor(urls: Readonly<Record<string, string>>) {
    this.#urls = urls;
  }

  /** @throws EXTRACT_NO_CONNECTION naming the variable to set. */
  get(pipeline: PipelineDeclaration, name: string): PostgresSource {
    const key = `${pipeline.name}/${name}`;
    const there = this.#open.get(key);
    if (there !== undefined) return there;
    const declared = pipeline.sources[name];
    const url = declared === undefined ? undefined : this.#urls[declared.connection];
    if (declared?.kind !== 'postgres' || url === undefined) {
      const variable = `PENSTOCK_SOURCE_${declared?.connection ?? name.toUpperCase()}_URL`;
      throw new PenstockError(extractorErrors.noConnection, { source: name, variable });
    }
    const source = openPostgresSource({ url, name: pipeline.name, marginMs: declared.marginMs });
    this.#open.set(key, source);
    return source;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((source) => source.close()));
  }
}

import type { ModelWarehouse, PublishLimits } from '../../model-warehouse.ts';

/** What a build that publishes only what passed needs beside its adapter: the same warehouse, as publications use it. */
export interface AuditOptions {
  readonly publisher: Pick<
    ModelWarehouse,
    'ensureSchemas' | 'publish' | 'keepFailed' | 'drop' | 'invocationLeftovers' | 'hold' | 'unheld'
  >;
  readonly limits?: Partial<PublishLimits>;
}

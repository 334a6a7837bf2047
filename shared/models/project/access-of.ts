import type { ModelNode } from './project.ts';
import { textOr } from './read-yaml.ts';

/** Who may read a model: its group, its package, or everybody. */
export const ACCESS = ['private', 'protected', 'public'] as const;
export type Access = (typeof ACCESS)[number];

/** As written, in YAML or in its file; `protected` unless said. It may be none of {@link ACCESS}. */
export const accessOf = ({ properties, config }: ModelNode): string =>
  textOr(properties?.entry['access'] ?? config.raw['access'], 'protected');

/** Name of its group. */
export const groupOf = ({
  properties,
  config,
}: Pick<ModelNode, 'properties'> & { readonly config: { readonly raw: Readonly<Record<string, unknown>> } }):
  | string
  | undefined => textOr(properties?.entry['group'] ?? config.raw['group'], '') || undefined;

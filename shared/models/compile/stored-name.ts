import type { RelationName } from '#shared/contracts/names.ts';
import type { Target } from '../project/project.ts';

/** A relation's name as the server keeps it: it folds what is printed without quotes, as the original's cache does when it looks one up. */
export function storedName(
  { schema, name }: RelationName,
  { quoting }: Pick<Target, 'quoting'>,
): RelationName {
  return {
    schema: quoting?.schema === false ? schema.toLowerCase() : schema,
    name: quoting?.identifier === false ? name.toLowerCase() : name,
  };
}

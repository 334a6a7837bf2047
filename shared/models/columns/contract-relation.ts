import { FILE_ID_COLUMN, LANDED_SYSTEM_COLUMNS } from '#shared/contracts/system-columns.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { Field } from '#shared/pipeline/field.ts';
import type { KnownColumn, KnownRelation } from './known-relation.ts';

/** A stream's landed rows as SQL reads them: the fields of its contract, and what the engine adds. */
export function contractRelation(stream: string, { fields }: Contract): KnownRelation {
  const declared = Object.entries(fields).map(
    ([name, field]): KnownColumn => ({
      name,
      content: holdsJson(field) ? { stream, path: [name], part: field } : undefined,
    }),
  );
  const added = [...LANDED_SYSTEM_COLUMNS, FILE_ID_COLUMN].map((name) => ({ name, content: undefined }));
  return { label: `stream ${stream}`, stream, columns: [...declared, ...added], isOpen: false };
}

const holdsJson = ({ type }: Field): boolean => type.kind === 'json';

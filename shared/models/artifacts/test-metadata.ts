import type { TestNode } from '../project/project.ts';
import type { Dictionary } from './config-dictionary.ts';

/** What a generic test was declared with, as manifest v12 has it. */
export function testMetadata({ test, args, column, subject }: TestNode): Dictionary {
  const parts = test.split('.');
  return {
    name: parts.at(-1) ?? test,
    kwargs: {
      ...(column === undefined ? {} : { column_name: column }),
      ...args,
      ...(subject === undefined ? {} : { model: `{{ get_where_subquery(${subjectCall(subject)}) }}` }),
    },
    namespace: parts.length > 1 ? (parts[0] ?? null) : null,
  };
}

function subjectCall({ kind, name, version }: NonNullable<TestNode['subject']>): string {
  if (kind === 'ref')
    return version === undefined ? `ref('${name}')` : `ref('${name}', version='${version}')`;
  const [source = '', ...table] = name.split('.');
  return `source('${source}', '${table.join('.')}')`;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Half tables, half views that read them: SQL that costs little, so that what is measured is what stands around it. */
export async function writeWarmProject(dir: string, models: number): Promise<void> {
  await mkdir(join(dir, 'models/gold'), { recursive: true });
  await writeFile(
    join(dir, 'dbt_project.yml'),
    'name: warm\nversion: "1.0"\nconfig-version: 2\nmodels:\n  +schema: gold\n',
  );
  for (const { name, kind, select } of warmModels(models, (read) => `{{ ref('${read}') }}`))
    await writeFile(
      join(dir, `models/gold/${name}.sql`),
      `{{ config(materialized='${kind}') }}\n\n${select}\n`,
    );
}

export interface WarmModel {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly select: string;
}

/** @param ref how a model's SQL names another. */
export function warmModels(models: number, ref: (name: string) => string): WarmModel[] {
  return Array.from({ length: models }, (_, i) => {
    const table = `t_${i >> 1}`;
    return i % 2 === 0
      ? {
          name: table,
          kind: 'table',
          select: `select g as id, g % 7 as rest, 'name ' || g as name from generate_series(1, 200) as g`,
        }
      : { name: `v_${i >> 1}`, kind: 'view', select: `select id, name from ${ref(table)} where rest = 0` };
  });
}

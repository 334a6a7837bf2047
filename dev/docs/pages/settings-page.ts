import type { z } from 'zod';
import { settingSpecs } from '#shared/config/settings.ts';
import { markdownTable, type Page } from '../page.ts';

interface Spec {
  readonly env: string;
  readonly schema: z.ZodType;
  readonly description: string;
  readonly secret?: boolean;
}

export const settingsPage: Page = { file: 'settings.md', title: 'Settings', body: renderSettings };

function renderSettings(): string {
  const rows = Object.values<Spec>(settingSpecs).map((spec) => [
    `\`${spec.env}\``,
    fallbackOf(spec.schema),
    spec.secret === true ? 'yes' : '',
    spec.description,
  ]);
  return [
    'Settings come from the environment and are checked together at start. Any of them may be given as `<NAME>_FILE`, a',
    'path whose content is the value. An unknown `PENSTOCK_` variable is refused. Besides these, the connection of a source',
    'is read from `PENSTOCK_SOURCE_<CONNECTION>_URL`.',
    '',
    markdownTable(['Variable', 'Default', 'Secret', 'Meaning'], rows),
  ].join('\n');
}

function fallbackOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return 'required';
  return result.data === undefined ? 'none' : `\`${String(result.data)}\``;
}

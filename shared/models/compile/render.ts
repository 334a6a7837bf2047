import type { Template } from '#shared/template/template.ts';
import { atOnce } from './at-once.ts';
import { namesOf } from './context.ts';
import type { Names } from './macro-library.ts';
import type { RenderScope } from './render-scope.ts';

/** A render's names, for several templates of one node: its SQL and its hooks. */
export function openRender(scope: RenderScope): { names: Names; render(template: Template): string } {
  const names = namesOf(scope);
  return { names, render: (template) => atOnce(template.render(names)) };
}

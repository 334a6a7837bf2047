import type { Template } from '#shared/template/template.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import { atOnce } from './at-once.ts';
import { namesOf } from './context.ts';
import type { Names } from './macro-library.ts';
import type { RenderScope } from './render-scope.ts';

/** A render's names, for several templates of one node: its SQL and its hooks. */
export interface OpenRender {
  readonly names: Names;
  /** For a render that has no warehouse to wait for. */
  render(template: Template): string;
  renderLater(template: Template): Wait<string>;
}

export function openRender(scope: RenderScope): OpenRender {
  const names = namesOf(scope);
  return {
    names,
    render: (template) => atOnce(template.render(names)),
    renderLater: (template) => template.render(names),
  };
}

import { hostFunction } from '#shared/template/host/host-function.ts';
import { atOnce } from '../compile/at-once.ts';
import { openRender } from '../compile/render.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import type { Call } from '../project/project.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';

/** Who names relations by an expression in YAML. */
export interface Caller {
  readonly name: string;
  readonly uniqueId: string;
  readonly fqn: readonly string[];
  readonly file: string;
  readonly line: number;
}

/**
 * Calls of `ref` and `source` that an expression in YAML makes, e.g. `ref('orders')` below `depends_on`, at the caller's place.
 *
 * @throws TemplateError
 */
export function callsOfExpression(
  expression: string,
  { name, uniqueId, fqn, file, line }: Caller,
  { own, scope, environment }: Loading,
): Call[] {
  const calls: Call[] = [];
  const node: NodeScope = {
    ...{ name, uniqueId, fqn, file, originalFile: file, packageName: own.name, version: undefined },
    ...{ config: {}, resourceType: 'operation', relation: { schema: '', name } },
  };
  const { names } = openRender(parseScope(scope, node, calls, undefined));
  const take = hostFunction(TAKE, () => '');
  const template = environment.parse(`{{ ${TAKE}(${expression}) }}`, file);
  atOnce(template.render({ get: (wanted) => (wanted === TAKE ? take : names.get(wanted)) }));
  return calls.map(({ column: _, ...call }) => ({ ...call, file, line }));
}

const TAKE = 'penstock_take';

import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { UnitTestOverrides } from '../project/other-resources.ts';
import type { YamlMapping } from '../project/read-yaml.ts';

/** The project with a unit test's own variables, also of the environment, over all others. */
export function withOverrides(project: LoadedProject, { vars, envVars }: UnitTestOverrides): LoadedProject {
  const env = Object.fromEntries(Object.entries(envVars).map(([name, value]) => [name, String(value)]));
  const own = (scope: ProjectScope): ProjectScope => ({
    ...scope,
    vars: { ...scope.vars, ...vars },
    env: { ...scope.env, ...env },
  });
  const scopes = new Map([...project.scopes].map(([name, scope]) => [name, own(scope)]));
  return { ...project, scopes, scope: own(project.scope) };
}

/**
 * Names that macros have during a unit test: each answers the value it was given, whatever it is called with. A macro of `dbt` has the
 * same answer with and without its package before it; the name alone wins (`context/providers.py`).
 *
 * @param namespaceOf what a package's name means otherwise: its other macros stay.
 */
export function macroOverrides(
  macros: YamlMapping,
  namespaceOf: (packageName: string) => Value | undefined,
): Map<string, Value> {
  const names = new Map<string, Value>();
  const ofPackages = new Map<string, Map<string, Value>>();
  const setIn = (packageName: string, macro: string, answer: Value): void => {
    ofPackages.set(packageName, (ofPackages.get(packageName) ?? new Map<string, Value>()).set(macro, answer));
  };
  for (const [name, value] of qualifiedFirst(macros)) {
    const answer = hostFunction(name, () => fromHost(value));
    const [packageName = '', macro] = name.split('.');
    if (macro === undefined) {
      names.set(name, answer);
      setIn('dbt', name, answer);
      continue;
    }
    setIn(packageName, macro, answer);
    if (packageName === 'dbt') names.set(macro, answer);
  }
  for (const [packageName, own] of ofPackages)
    names.set(packageName, new OverriddenNamespace(own, () => namespaceOf(packageName)));
  return names;
}

const qualifiedFirst = (macros: YamlMapping): [string, unknown][] =>
  Object.entries(macros).sort(([a], [b]) => Number(b.includes('.')) - Number(a.includes('.')));

/** A package's macros, some of which answer what a unit test says. */
class OverriddenNamespace extends HostObject {
  readonly typeName = 'MacroNamespace';
  readonly #own: ReadonlyMap<string, Value>;
  readonly #others: () => Value | undefined;

  constructor(own: ReadonlyMap<string, Value>, others: () => Value | undefined) {
    super();
    this.#own = own;
    this.#others = others;
  }

  override getAttr(name: string): Value | undefined {
    const others = this.#others();
    const found = others instanceof HostObject ? others.getAttr(name) : undefined;
    return found === undefined ? undefined : (this.#own.get(name) ?? found);
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.getAttr(key) : undefined;
  }
}

import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';

const bindVar = parameters('var', 'name', 'default?');
const bindHasVar = parameters('has_var', 'name');

/** `var('name', default)` and `var.has_var('name')`. */
class VarFunction extends HostObject {
  readonly typeName = 'Var';
  readonly #vars: Readonly<Record<string, unknown>>;
  readonly #how: VarOptions;

  constructor(vars: Readonly<Record<string, unknown>>, how: VarOptions) {
    super();
    this.#vars = vars;
    this.#how = how;
  }

  override call(call: CallSite): Wait<Value> {
    const [nameValue, fallback] = bindVar(call);
    const name = expectText(nameValue ?? null, 'the name of a variable');
    const { asOf, render } = this.#how;
    if (name === 'as_of' && asOf) return asOf();
    if (Object.hasOwn(this.#vars, name)) {
      const value = this.#vars[name];
      return typeof value === 'string' && render && /\{[{%#]/.test(value) ? render(value) : fromHost(value);
    }
    if (fallback !== undefined) return fallback;
    return raiseFromTemplate(`variable '${name}' is not set: add it to vars, or give a default`);
  }

  override getAttr(name: string): Value | undefined {
    if (name !== 'has_var') return undefined;
    return hostFunction('has_var', (call) =>
      Object.hasOwn(this.#vars, expectText(bindHasVar(call)[0] ?? null, 'the name of a variable')),
    );
  }
}

interface VarOptions {
  /** Answers `var('as_of')`, where a run has a day; it wins over a variable of that name. */
  readonly asOf?: () => string;
  /** Renders a variable that is a template itself, such as `"{{ ref('pages') }}"`, where it is asked for (`Var.get_rendered_var`). */
  readonly render?: (template: string) => Wait<Value>;
}

export function varFunction(vars: Readonly<Record<string, unknown>>, how: VarOptions = {}): Value {
  return new VarFunction(vars, how);
}

const bindEnvVar = parameters('env_var', 'name', 'default?');

/** True for variables that hold secrets: only profiles and package files may name them, as in the original (`SECRET_ENV_PREFIX`). */
export const isSecretName = (name: string): boolean => name.startsWith('DBT_ENV_SECRET');

/**
 * `env_var('NAME', default)`, of what the project was given; nothing else of the environment is reachable.
 *
 * @param secret answers for a variable that holds a secret; by default it may not be named.
 */
export function envVarFunction(
  env: Readonly<Record<string, string>>,
  secret: (name: string) => string = refuseSecret,
): Value {
  return hostFunction('env_var', (call) => {
    const [nameValue, fallback] = bindEnvVar(call);
    const name = expectText(nameValue ?? null, 'the name of an environment variable');
    const isGiven = Object.hasOwn(env, name);
    if (isGiven && isSecretName(name)) return secret(name);
    const value = isGiven ? env[name] : undefined;
    return (
      value ?? fallback ?? raiseFromTemplate(`environment variable '${name}' is not given to this project`)
    );
  });
}

const refuseSecret = (name: string): never =>
  raiseFromTemplate(
    `environment variable '${name}' is a secret: only profiles.yml and packages.yml may name it`,
  );

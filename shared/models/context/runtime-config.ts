import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import type { ProjectScope } from '../compile/render-scope.ts';

/** `ref`: called, and as packages read it, by `ref.config` what the run was started with. */
export class RefFunction extends HostObject {
  readonly typeName = 'function';
  readonly #resolve: (call: CallSite) => Wait<Value>;
  readonly #project: ProjectScope;

  constructor(resolve: (call: CallSite) => Wait<Value>, project: ProjectScope) {
    super();
    this.#resolve = resolve;
    this.#project = project;
  }

  override call(call: CallSite): Wait<Value> {
    return this.#resolve(call);
  }

  override getAttr(name: string): Value | undefined {
    return name === 'config' ? runtimeConfig(this.#project) : undefined;
  }

  override toRepr(): string {
    return '<function ref>';
  }
}

/**
 * The part of the original's `RuntimeConfig` that says nothing about credentials or the machine: names, packages with their
 * versions, variables.
 */
function runtimeConfig({ projectName, target, versions, vars }: ProjectScope): Value {
  const dependencies = [...(versions ?? [])].map(([name, version]): [string, Value] => [
    name,
    new HostRecord('Project', { project_name: name, version }),
  ]);
  const variables = fromHost({ vars });
  return new HostRecord('RuntimeConfig', {
    project_name: projectName,
    version: versions?.get(projectName) ?? '',
    target_name: target.name,
    dependencies: new DictValue(dependencies),
    vars: new HostRecord('VarProvider', {
      vars: fromHost(vars),
      to_dict: hostFunction('to_dict', () => variables),
    }),
    cli_vars: new DictValue(),
    args: new HostRecord('Namespace', {}),
  });
}

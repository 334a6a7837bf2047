import { createEnvironment, type Environment } from '#shared/template/create-environment.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { returnFunction } from '#shared/template/host/return-function.ts';
import type { Template } from '#shared/template/template.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { atOnce } from './at-once.ts';
import { BUILT_IN_MACROS } from './built-in-macros.ts';

/** Where a render's names come from. */
export interface Names {
  get(name: string): Value | undefined;
}

/** The environment of all templates of a project: tags that define macros, and `return`. */
export function projectEnvironment(): Environment {
  return createEnvironment({
    globals: { return: returnFunction },
    macroTags: {
      test: { prefix: 'test_', arguments: 'signature' },
      data_test: { prefix: 'test_', arguments: 'signature' },
    },
  });
}

/** Macros by name: those of the project, then the built-in ones. */
export class MacroLibrary {
  readonly #templates = new Map<string, Template>();

  /** Parses the built-in macros and those of the project; a file that does not parse is a problem. */
  constructor(environment: Environment, files: readonly ProjectFile[], problems: ProblemList) {
    this.#add(environment.parse(BUILT_IN_MACROS, 'built-in macros'));
    for (const file of files) {
      try {
        this.#add(environment.parse(file.text, file.path));
      } catch (error) {
        addTemplateProblem(error, file.path, problems);
      }
    }
  }

  #add(template: Template): void {
    for (const { name } of template.macros) this.#templates.set(name, template);
  }

  has(name: string): boolean {
    return this.#templates.has(name);
  }

  /** A macro that sees the names of one render, undefined when there is none of that name. */
  macro(name: string, names: Names): Value | undefined {
    return this.#templates.get(name)?.macro(name, names);
  }

  /** Calls a macro from the host. @throws TemplateError, also when there is no such macro. */
  call(name: string, kwargs: ReadonlyMap<string, Value>, names: Names): Value {
    const template = this.#templates.get(name);
    if (!template) throw new TemplateError('notFound', `there is no macro '${name}'`, NOWHERE);
    return atOnce(template.callMacro(name, [], kwargs, names));
  }

  /** What `adapter.dispatch(name)` calls: the dialect's macro, else the default one. */
  dispatched(name: string, dialect: string, names: Names): Value | undefined {
    return this.macro(`${dialect}__${name}`, names) ?? this.macro(`default__${name}`, names);
  }
}

const NOWHERE = { file: '', line: 1, column: 1, lineText: '' };

/** Enters a template's failure into the list of problems, at the place it names. */
export function addTemplateProblem(error: unknown, file: string, problems: ProblemList): void {
  if (!(error instanceof TemplateError)) throw error;
  const known = error.file !== '' && error.file !== 'built-in macros';
  const caller = error.macroStack.at(-1)?.calledFrom;
  if (known) problems.add(error.file, error.line, error.problem);
  else problems.add(caller?.file || file, caller?.line ?? 1, error.problem);
}

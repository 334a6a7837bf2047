import { lineOfKey } from '../project/line-of-key.ts';
import type { ProblemList } from '../project/project-problem.ts';
import type { RenderYaml } from '../project/read-project-yaml.ts';
import { isMapping, textOr, type YamlDocument, type YamlMapping } from '../project/read-yaml.ts';
import { renderedOr } from './rendered-or.ts';

/** The output of one target, rendered, with a way to tell what is wrong with a key of it. */
export interface ChosenOutput {
  readonly target: string;
  readonly output: YamlMapping;
  /** Line of a key of the output; `''` is the output itself. */
  readonly lineOf: (key: string) => number;
}

/** A profiles file as read, not rendered yet. */
export interface ProfilesText {
  readonly document: YamlDocument;
  readonly text: string;
}

/**
 * Picks a profile's output. Only this one is rendered, after the target's name, so that variables missing for other targets do no
 * harm (as the original, `Profile.render_profile`).
 */
export function chooseOutput(
  { document, text }: ProfilesText,
  profileName: string,
  targetName: string | undefined,
  renderer: RenderYaml,
  problems: ProblemList,
): ChosenOutput | undefined {
  const { file, value } = document;
  const profile = value[profileName];
  const line = lineOfKey(text, 1, profileName);
  const fail = (at: number, cause: string): undefined => problems.add(file, at, cause) as undefined;
  if (profile === undefined)
    return fail(1, `there is no profile ${profileName}; there are: ${namesOf(value)}`);
  if (!isMapping(profile)) return fail(line, `profile ${profileName} is empty`);
  const targetLine = lineOfKey(text, line, 'target');
  const said = renderedOr(profile['target'], renderer, file, (cause) =>
    problems.add(file, targetLine, cause),
  );
  const target = targetName ?? textOr(said, 'default');
  const outputs = profile['outputs'];
  if (!isMapping(outputs)) return fail(line, `profile ${profileName} has no outputs`);
  const output = outputs[target];
  if (output === undefined) {
    return fail(line, `profile ${profileName} has no target ${target}; it has: ${namesOf(outputs)}`);
  }
  const outputLine = lineOfKey(text, document.lineOf(outputs), target);
  if (!isMapping(output)) return fail(outputLine, `target ${target} holds no settings`);
  const start = document.lineOf(output);
  const lineOf = (key: string) => (key === '' ? outputLine : lineOfKey(text, start, key));
  const rendered = renderOutput(output, renderer, file, (key, cause) =>
    problems.add(file, lineOf(key), `${key}: ${cause}`),
  );
  return { target, output: rendered, lineOf };
}

const namesOf = (value: YamlMapping): string =>
  Object.keys(value)
    .filter((name) => name !== 'config')
    .join(', ') || 'none';

/** A password that is no valid template stays as it is: passwords may hold braces (as the original, `SecretRenderer`). */
function renderOutput(
  output: YamlMapping,
  renderer: RenderYaml,
  file: string,
  problem: (key: string, cause: string) => void,
): YamlMapping {
  const rendered = Object.entries(output).map(([key, value]) => {
    const told = (cause: string) => {
      const isLiteral = (key === 'password' || key === 'pass') && !/\benv_var\b|\bvar\b/.test(String(value));
      if (!isLiteral) problem(key, cause);
    };
    return [key, renderedOr(value, renderer, file, told)] as const;
  });
  return Object.fromEntries(rendered);
}

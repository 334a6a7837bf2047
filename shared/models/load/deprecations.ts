import type { ModelNode, ProjectGraph } from '../project/project.ts';
import type { ProjectProblem } from '../project/project-problem.ts';

/**
 * Warns of models past their `deprecation_date`, and of who reads a model that has one (`parser/manifest.py`,
 * `check_for_model_deprecations`).
 */
export function deprecations({ models, tests }: ProjectGraph, now: Date): ProjectProblem[] {
  const dates = new Map<string, string>();
  for (const model of models.values()) {
    const date = model.kind === 'model' ? deprecationDate(model) : null;
    if (date !== null) dates.set(model.key, date);
  }
  if (dates.size === 0) return [];
  const isPast = (date: string): boolean => Date.parse(date) < now.getTime();
  const passed = [...dates].flatMap(([key, date]) => {
    const model = models.get(key);
    return model && isPast(date) ? [passedWarning(model, date)] : [];
  });
  const readers = [...[...models.values()].map((model) => ({ ...model, line: 1 })), ...tests];
  const references = readers.flatMap(({ name, file, line, refs }) =>
    refs.flatMap((key) => {
      const [read, date] = [models.get(key), dates.get(key)];
      return read && date !== undefined
        ? [referenceWarning({ name, file, line }, read, date, isPast(date), latestOf(read, models))]
        : [];
    }),
  );
  return [...passed, ...references];
}

/** ISO instant, in UTC unless it says otherwise; null without one. */
function deprecationDate({ properties }: ModelNode): string | null {
  const said = properties?.entry['deprecation_date'];
  if (said === undefined || said === null) return null;
  const text = said instanceof Date ? said.toISOString() : String(said);
  const hasZone = /[T ].*(Z|[+-]\d\d(:?\d\d)?)$/.test(text);
  const at = Date.parse(hasZone ? text : `${text.replace(' ', 'T')}${/[T ]/.test(text) ? 'Z' : ''}`);
  return Number.isNaN(at) ? null : `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}

const shownName = ({ name, version }: ModelNode): string =>
  version === undefined ? name : `${name}.v${version}`;

function passedWarning(model: ModelNode, date: string): ProjectProblem {
  const { file, line } = model.properties ?? { file: model.file, line: 1 };
  const cause = `Model ${shownName(model)} has passed its deprecation date of ${date}. This model should be disabled or removed.`;
  return { file, line, cause, warning: 'DeprecatedModel' };
}

function referenceWarning(
  { name, file, line }: { readonly name: string; readonly file: string; readonly line: number },
  read: ModelNode,
  date: string,
  isPast: boolean,
  latest: string | undefined,
): ProjectProblem {
  const said = isPast ? `was deprecated on '${date}'` : `is slated for deprecation on '${date}'`;
  const other =
    latest === undefined || latest === read.version
      ? ''
      : ` A new version of '${read.name}' is available. ${isPast ? 'Migrate now' : 'Try it out'}: {{ ref('${read.packageName}', '${read.name}', v='${latest}') }}.`;
  return {
    file,
    line,
    cause: `While compiling '${name}': Found a reference to ${shownName(read)}, which ${said}.${other}`,
    warning: isPast ? 'DeprecatedReference' : 'UpcomingReferenceDeprecation',
  };
}

/** The version that `ref` without one means; undefined for a model without versions. */
function latestOf(read: ModelNode, models: ReadonlyMap<string, ModelNode>): string | undefined {
  if (read.version === undefined) return undefined;
  return [...models.values()].find(
    ({ name, packageName, isLatestVersion, version }) =>
      version !== undefined && isLatestVersion && name === read.name && packageName === read.packageName,
  )?.version;
}

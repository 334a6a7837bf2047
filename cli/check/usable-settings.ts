import { type Environment, parseSettings, type Settings, settingSpecs } from '#shared/config/settings.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';

/** Settings as far as they can be used, so that one that is wrong does not hide what is wrong elsewhere. */
export interface UsableSettings {
  readonly settings: Settings;
  /** Every problem of the configuration, in words. */
  readonly problems: readonly string[];
  /** Variables whose value is missing or wrong: what hangs on them cannot be checked. */
  readonly broken: ReadonlySet<string>;
}

/** Stands for a required URL that is missing; nothing is opened with it. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  [settingSpecs.ledgerUrl.env]: 'postgres://missing',
  [settingSpecs.warehouseUrl.env]: 'postgres://missing',
  [settingSpecs.queueUrl.env]: 'redis://missing',
  [settingSpecs.landingUrl.env]: 'file:///missing',
};

/** Parses what can be parsed. Never throws for what the environment says. */
export function usableSettings(environment: Environment): UsableSettings {
  try {
    return { settings: parseSettings(environment), problems: [], broken: new Set() };
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
    const problems = String(error.facts['problems'] ?? error.message).split('; ');
    const broken = new Set(problems.flatMap((problem) => /^PENSTOCK_[A-Z0-9_]+/.exec(problem)?.[0] ?? []));
    return { settings: parseSettings(without(environment, broken)), problems, broken };
  }
}

function without(environment: Environment, broken: ReadonlySet<string>): Environment {
  const left: Record<string, string | undefined> = { ...environment };
  for (const name of broken) {
    const plain = name.replace(/_FILE$/, '');
    delete left[name];
    delete left[plain];
    delete left[`${plain}_FILE`];
    const placeholder = PLACEHOLDERS[plain];
    if (placeholder !== undefined) left[plain] = placeholder;
  }
  return left;
}

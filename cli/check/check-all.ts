import { access, constants, mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { loadPipelines, type Pipelines } from '#shared/config/load-pipelines.ts';
import { type Settings, settingSpecs } from '#shared/config/settings.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { openLedger } from '#shared/ledger/ledger.ts';
import { openQueue } from '#shared/queue/open-queue.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import type { CliContext } from '../context.ts';
import type { CheckInput } from './check-input.ts';
import { checkProjects } from './check-projects.ts';
import { checkSources } from './check-sources.ts';
import type { Finding } from './finding.ts';
import { usableSettings } from './usable-settings.ts';
import { wordsOf } from './words-of.ts';

export const PARTS = [
  'configuration',
  'ledger',
  'queue',
  'warehouse',
  'landing',
  'work folder',
  'sources',
  'projects',
] as const;

export type Part = (typeof PARTS)[number];

/**
 * Looks at every part, whatever is wrong with the others, and reports all at once. Writes nothing but the work folder.
 *
 * @param parts which ones; default all.
 */
export async function checkAll(context: CliContext, parts: readonly Part[] = PARTS): Promise<Finding[]> {
  const { settings, problems, broken } = usableSettings(context.environment);
  const loaded = await loadedPipelines(settings, context.cwd);
  const configuration = { part: 'configuration', problems: [...problems, ...loaded.problems], skipped: null };
  const input: CheckInput = { settings, pipelines: loaded.pipelines };
  const rest = parts.filter((part) => part !== 'configuration').map((part) => checkPart(part, input, broken));
  return [configuration, ...(await Promise.all(rest)).flat()];
}

async function loadedPipelines(
  { configFile }: Settings,
  cwd: string,
): Promise<{ pipelines: Pipelines; problems: string[] }> {
  try {
    const pipelines = await loadPipelines(configFile, cwd);
    return { pipelines, problems: pipelines.size === 0 ? [`${configFile} names no pipeline`] : [] };
  } catch (error) {
    return { pipelines: new Map(), problems: [wordsOf(error)] };
  }
}

/** The variable a part hangs on. */
const VARIABLE: Partial<Record<Part, string>> = {
  ledger: settingSpecs.ledgerUrl.env,
  queue: settingSpecs.queueUrl.env,
  warehouse: settingSpecs.warehouseUrl.env,
  landing: settingSpecs.landingUrl.env,
  'work folder': settingSpecs.workDir.env,
};

async function checkPart(part: Part, input: CheckInput, broken: ReadonlySet<string>): Promise<Finding[]> {
  const variable = VARIABLE[part];
  if (variable !== undefined && broken.has(variable)) {
    return [{ part, problems: [], skipped: `${variable} is missing or wrong` }];
  }
  if (part === 'sources') return checkSources(input);
  if (part === 'projects') return checkProjects(input);
  try {
    const problems = await Promise.race([problemsOf(part, input.settings), tooLate()]);
    return [{ part, problems, skipped: null }];
  } catch (error) {
    return [{ part, problems: [wordsOf(error)], skipped: null }];
  }
}

/** A server that is frozen answers nothing at all. */
const ANSWER_MS = 20_000;

async function tooLate(): Promise<string[]> {
  await delay(ANSWER_MS, undefined, { ref: false });
  return [`no answer within ${ANSWER_MS / 1_000} s`];
}

async function problemsOf(part: Part, settings: Settings): Promise<string[]> {
  switch (part) {
    case 'ledger':
      return ledgerProblems(settings);
    case 'queue':
      return queueProblems(settings);
    case 'warehouse':
      return closing(
        openWarehouse({ url: settings.warehouseUrl, applicationName: 'penstock-cli', poolSize: 1 }),
        (warehouse) => warehouse.check(),
      );
    case 'landing':
      return closing(openLandingStore({ url: settings.landingUrl }), (landing) => landing.check());
    default:
      return workFolderProblems(settings);
  }
}

/** Opening it says whether it can be reached and has this version's schema. */
async function ledgerProblems({ ledgerUrl }: Settings): Promise<string[]> {
  const ledger = await openLedger({ url: ledgerUrl, applicationName: 'penstock-cli', poolSize: 1 });
  await ledger.close();
  return [];
}

async function queueProblems({ queueUrl, queuePrefix }: Settings): Promise<string[]> {
  const queue = await openQueue({
    url: queueUrl,
    prefix: queuePrefix,
    // Nothing is enqueued or worked on here.
    dead: { record: async () => {} },
    onError: () => {},
  });
  try {
    return await queue.check();
  } finally {
    await queue.close({ deadlineMs: 2_000 });
  }
}

async function workFolderProblems({ workDir }: Settings): Promise<string[]> {
  try {
    await mkdir(workDir, { recursive: true });
    await access(workDir, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [`${workDir} cannot be written (${describeError(error).code})`];
  }
}

async function closing<T extends { close(): Promise<void> | void }>(
  opened: T,
  work: (opened: T) => Promise<string[]>,
): Promise<string[]> {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

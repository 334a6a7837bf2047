import { readFile } from 'node:fs/promises';
import type { PenstockError } from '#shared/errors/penstock-error.ts';
import { problemsError } from '../project/problems-error.ts';
import { ProblemList } from '../project/project-problem.ts';
import { readYaml, textOr } from '../project/read-yaml.ts';
import { type ChosenOutput, chooseOutput } from './choose-output.ts';
import { profileErrors } from './errors.ts';
import { findProfilesFile, PROFILES_FILE } from './find-profiles-file.ts';
import { OtherConnection, placeOf } from './other-connection.ts';
import { OutputFields } from './output-fields.ts';
import type { Profile, ProfileRequest } from './profile.ts';
import { projectProfileName } from './project-profile-name.ts';
import { readPostgresOutput } from './read-postgres-output.ts';
import { secretYaml } from './secret-yaml.ts';

/** Threads of an output that says nothing of them, as the original. */
const DEFAULT_THREADS = 1;

/**
 * Reads the profile that a project or `--profile` names, and the target that `--target` or the profile names.
 *
 * @returns undefined where no folder holds a `profiles.yml` and none was asked for by `--profiles-dir`, `--profile` or `--target`.
 * @throws PenstockError `PROFILE_INVALID` listing every problem with file and line, without any value of the output.
 */
export async function openProfile(request: ProfileRequest): Promise<Profile | undefined> {
  const { path, found } = await findProfilesFile(request);
  const problems = new ProblemList();
  if (!found) {
    if ((request.profilesDir ?? request.profile) === undefined) return undefined;
    problems.add(path, 1, 'there is no such file');
    throw invalid(problems);
  }
  const profile = await readProfile(path, request, problems);
  if (profile === undefined || problems.all().length > 0) throw invalid(problems);
  return profile;
}

const invalid = (problems: ProblemList): PenstockError =>
  problemsError(problems.all(), profileErrors.profileInvalid);

async function readProfile(
  path: string,
  request: ProfileRequest,
  problems: ProblemList,
): Promise<Profile | undefined> {
  const text = await readFile(path, 'utf8');
  const document = readYaml(path, text, problems);
  if (document === undefined) {
    if (problems.all().length === 0) problems.add(path, 1, `${PROFILES_FILE} is empty`);
    return undefined;
  }
  const name = request.profile ?? (await projectProfileName(request.projectDir, request, problems));
  if (name === undefined) {
    problems.add('dbt_project.yml', 1, 'profile: is missing, and --profile names none');
    return undefined;
  }
  const renderer = secretYaml(request);
  const chosen = chooseOutput({ document, text }, name, request.target, renderer, problems);
  return chosen && profileOf(path, name, chosen, request, problems);
}

function profileOf(
  file: string,
  name: string,
  { target, output, lineOf }: ChosenOutput,
  request: ProfileRequest,
  problems: ProblemList,
): Profile {
  const problem = (key: string, cause: string) => problems.add(file, lineOf(key), cause);
  const type = textOr(output['type'], '');
  if (type === '') problem('', `type: is missing in target ${target}`);
  const { connection, unknown, place } = connectionOf(type, output, problem);
  const threads = new OutputFields(output, problem).whole('threads', 1, 1000) ?? DEFAULT_THREADS;
  return {
    file,
    name,
    connection,
    target: {
      name: target,
      ...place,
      type,
      threads: request.threads ?? threads,
      shown: { ...connection.shown(), profile_name: name, ...aliasOf(type, place.database) },
    },
    warnings: unknown.map((key) => ({ file, line: lineOf(key), cause: `${key}: nothing reads this` })),
  };
}

/** Templates may also say `target.dbname`, as in the original. */
const aliasOf = (type: string, database: string) => (type === 'postgres' ? { dbname: database } : {});

function connectionOf(
  type: string,
  output: Readonly<Record<string, unknown>>,
  problem: (key: string, cause: string) => void,
) {
  if (type !== 'postgres')
    return { connection: new OtherConnection(type, output), unknown: [], place: placeOf(output) };
  const { connection, unknown } = readPostgresOutput(output, problem);
  const { database, schema } = connection.shown();
  const place = { database: String(database), schema: String(schema) };
  return { connection, unknown, place };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../../errors.ts';
import { isMapping, mappingOf } from '../../project/read-yaml.ts';

/** A JSON object of an artifact. */
export type ArtifactObject = Readonly<Record<string, unknown>>;

/** What is read of a manifest, ours or another tool's; all by unique id. */
export interface ManifestState {
  /** Models, seeds, snapshots, tests, analyses, and sources, exposures, unit tests beside them. */
  readonly nodes: ReadonlyMap<string, ArtifactObject>;
  readonly macros: ReadonlyMap<string, ArtifactObject>;
}

/** Artifacts of an earlier invocation. What is not in the folder is undefined. */
export interface PreviousState {
  readonly folder: string;
  readonly manifest: ManifestState | undefined;
  /** Status by unique id. */
  readonly results: ReadonlyMap<string, string> | undefined;
  /** Latest loading by unique id of a source table, where one was measured. */
  readonly loadedAt: ReadonlyMap<string, string> | undefined;
}

/**
 * Reads the artifacts in a folder, whatever tool wrote them; keys that are not known are ignored.
 *
 * @throws PenstockError `MODEL_STATE_UNREADABLE` when a file is there and is no such artifact.
 */
export async function readPreviousState(folder: string): Promise<PreviousState> {
  const [manifest, results, loadedAt] = await Promise.all([
    readArtifact(join(folder, 'manifest.json'), manifestOf),
    readArtifact(join(folder, 'run_results.json'), statusesOf),
    readLoadedAt(folder),
  ]);
  return { folder, manifest, results, loadedAt };
}

/** What `sources.json` of a folder says of each source table's latest loading. */
export function readLoadedAt(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  return readArtifact(join(folder, 'sources.json'), loadedAtOf);
}

async function readArtifact<T>(
  path: string,
  read: (document: ArtifactObject) => T | undefined,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
  const found = read(parsed(text));
  if (found === undefined) throw new PenstockError(modelErrors.stateUnreadable, { file: path });
  return found;
}

function parsed(text: string): ArtifactObject {
  try {
    const document: unknown = JSON.parse(text);
    return mappingOf(document);
  } catch {
    return {};
  }
}

/** Parts of a manifest that hold nodes. */
const NODE_KINDS = ['nodes', 'sources', 'exposures', 'unit_tests'];

function manifestOf(document: ArtifactObject): ManifestState | undefined {
  if (!isMapping(document['nodes'])) return undefined;
  const entries = NODE_KINDS.flatMap((kind) => entriesOf(document[kind]));
  return { nodes: new Map(entries), macros: new Map(entriesOf(document['macros'])) };
}

const entriesOf = (value: unknown): [string, ArtifactObject][] =>
  isMapping(value)
    ? Object.entries(value).flatMap(([id, node]): [string, ArtifactObject][] =>
        isMapping(node) ? [[id, node]] : [],
      )
    : [];

function statusesOf(document: ArtifactObject): ReadonlyMap<string, string> | undefined {
  const results = document['results'];
  if (!Array.isArray(results)) return undefined;
  return new Map(
    results.filter(isMapping).map(({ unique_id: id, status }) => [String(id), String(status)] as const),
  );
}

function loadedAtOf(document: ArtifactObject): ReadonlyMap<string, string> | undefined {
  const results = document['results'];
  if (!Array.isArray(results)) return undefined;
  const measured = results.filter(isMapping).filter(({ max_loaded_at: at }) => typeof at === 'string');
  return new Map(measured.map(({ unique_id: id, max_loaded_at: at }) => [String(id), String(at)] as const));
}

import type { ProjectGraph } from '../project/project.ts';

/** A file's path below the folder of its kind: `staging/a.sql` of `models/staging/a.sql`. */
export function innerPath(
  graph: ProjectGraph,
  { originalFile, packageName }: { readonly originalFile: string; readonly packageName: string },
): string {
  const settings = graph.packages.find(({ name }) => name === packageName)?.settings ?? graph.settings;
  const { modelPaths, seedPaths, snapshotPaths, testPaths, analysisPaths } = settings;
  const roots = [...modelPaths, ...seedPaths, ...snapshotPaths, ...testPaths, ...analysisPaths];
  const root = roots.find((path) => originalFile.startsWith(`${path}/`));
  return root === undefined ? originalFile : originalFile.slice(root.length + 1);
}

/** A file as its package sees it, without the package's own folder. */
export function ownFile(
  graph: ProjectGraph,
  { file, packageName }: { readonly file: string; readonly packageName: string },
): string {
  const shown = graph.packages.find(({ name }) => name === packageName)?.shown ?? '';
  return file.startsWith(shown) ? file.slice(shown.length) : file;
}

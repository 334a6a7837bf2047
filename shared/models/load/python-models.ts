import { readFilesBelow } from '../project/project-files.ts';
import { nameOf } from './load-models.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';

/** A model in Python is a problem, unless project file or properties turn it off: nothing here runs Python. */
export async function complainOfPython(loading: Loading): Promise<void> {
  const { own, properties, problems } = loading;
  for (const file of await readFilesBelow(own.dir, own.settings.modelPaths, ['.py'])) {
    const name = nameOf(file);
    const fqn = [own.name, ...file.inner.split('/').slice(0, -1), name];
    const config = new NodeConfig(loading, 'models', fqn, properties.models.get(name)?.config ?? {});
    if (config.raw['enabled'] === false) continue;
    problems.broken.addNode(name);
    problems.add(
      `${own.shown}${file.path}`,
      1,
      `"${name}" is a model in Python, which no PostgreSQL adapter runs: write it in SQL, or set enabled: false for it and what reads it`,
    );
  }
}

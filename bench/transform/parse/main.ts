import { join } from 'node:path';
import { openProject } from '#shared/models/open-project.ts';

/*
 * Parses a project once in a process of its own and prints the milliseconds.
 *
 *     node bench/transform/parse/main.ts <folder>
 */
const [, , dir = '.'] = process.argv;
const target = { name: 'dev', schema: 's', database: 'd', type: 'postgres', threads: 4 };
const begun = performance.now();
const { graph } = await openProject(dir, { target, cacheDir: join(dir, 'target') });
process.stdout.write(JSON.stringify({ ms: performance.now() - begun, models: graph.models.size }));

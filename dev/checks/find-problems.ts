import { globSync } from 'node:fs';
import { checkCycles, checkImports, type Problem } from './import-rules.ts';
import { checkProcessUse } from './process-rules.ts';
import { checkSizes } from './size-rules.ts';
import { readSourceFile } from './source-file.ts';

const folders = '{bench,bootstrap,cli,deploy,dev,pipelines,services,shared,test}/**/*.{ts,mts,mjs}';

/** Every rule about the source that neither compiler nor linter knows, over one project folder. */
export function findProblems(root: string): Problem[] {
  const paths = [...globSync(folders, { cwd: root }), ...globSync('*.ts', { cwd: root })]
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('test/fixtures/') && !path.includes('node_modules/'))
    .sort();
  const files = paths.map((path) => readSourceFile(root, path));
  return [checkImports, checkCycles, checkProcessUse, checkSizes].flatMap((check) => check(files));
}

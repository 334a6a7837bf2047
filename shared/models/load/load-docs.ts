import { extractBlocks } from '#shared/template/analysis/extract-blocks.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import type { DocNode } from '../project/other-resources.ts';
import { readFilesBelow } from '../project/project-files.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProblemList } from '../project/project-problem.ts';

/** The `docs` blocks of a package's Markdown files. A name given twice is a problem, as in the original. */
export async function loadDocs(own: ProjectPackage, problems: ProblemList): Promise<DocNode[]> {
  const docs = new Map<string, DocNode>();
  for (const file of await readFilesBelow(own.dir, own.settings.docsPaths, ['.md'])) {
    const shown = `${own.shown}${file.path}`;
    for (const { name, body, line } of blocksOf(file.text, shown, problems)) {
      const earlier = docs.get(name);
      if (earlier !== undefined && earlier.originalFile !== file.path) {
        problems.add(shown, line, `docs "${name}" are already at ${earlier.file}`);
        continue;
      }
      docs.set(name, {
        uniqueId: `doc.${own.name}.${name}`,
        packageName: own.name,
        name,
        contents: body.trim(),
        file: shown,
        originalFile: file.path,
      });
    }
  }
  return [...docs.values()];
}

function blocksOf(text: string, shown: string, problems: ProblemList) {
  if (!text.includes('{%')) return [];
  try {
    return extractBlocks(text, shown, ['docs']);
  } catch (error) {
    addTemplateProblem(error, shown, problems);
    return [];
  }
}

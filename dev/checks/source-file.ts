import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseResult, parseSync } from 'oxc-parser';

/** One import or re-export. `target` is a project path for project files, the package name otherwise. */
export interface ImportEdge {
  readonly target: string;
  readonly inProject: boolean;
  /** Only types are imported: the edge vanishes when the file runs. */
  readonly typeOnly: boolean;
}

/** A parsed source file. `path` is relative to the project, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: ParseResult['program'];
  readonly imports: readonly ImportEdge[];
}

/**
 * Parses a TypeScript or JavaScript file.
 *
 * @throws Error when it does not parse, or imports by an expression nobody can follow.
 */
export function readSourceFile(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, module, errors } = parseSync(path, text);
  const first = errors[0];
  if (first !== undefined) throw new Error(`${path} does not parse: ${first.message}`);
  /** By specifier: whether every import of it so far brings types only. */
  const specifiers = new Map<string, boolean>();
  const add = (specifier: string, typeOnly: boolean): void => {
    specifiers.set(specifier, typeOnly && specifiers.get(specifier) !== false);
  };
  for (const one of module.staticImports) {
    const typeOnly = one.entries.length > 0 && one.entries.every((entry) => entry.isType);
    add(one.moduleRequest.value, typeOnly);
  }
  for (const one of module.staticExports) {
    for (const entry of one.entries) if (entry.moduleRequest) add(entry.moduleRequest.value, entry.isType);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"])(.*)\1$/s.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    // A computed import can't be followed; the files that need one load others by folder.
    if (literal !== undefined) add(literal, false);
  }
  return {
    path,
    text,
    program,
    imports: [...specifiers].map(([one, typeOnly]) => ({ ...resolveImport(path, one), typeOnly })),
  };
}

/** `#shared/x.ts` is `shared/x.ts` (package.json, "imports"); relative ones count from the file. */
function resolveImport(from: string, specifier: string): Omit<ImportEdge, 'typeOnly'> {
  if (specifier.startsWith('#')) return { target: specifier.slice(1), inProject: true };
  if (specifier.startsWith('.')) {
    return { target: join(from, '..', specifier).replaceAll('\\', '/'), inProject: true };
  }
  const parts = specifier.split('/');
  return { target: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'), inProject: false };
}

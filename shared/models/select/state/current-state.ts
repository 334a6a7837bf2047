import { macroDictionary } from '../../artifacts/macro-dictionary.ts';
import { macroId } from '../../artifacts/macro-references.ts';
import { dictionariesOf } from '../../artifacts/manifest.ts';
import type { LoadedProject } from '../../load/load-project.ts';
import type { ManifestState } from './previous-state.ts';

/** The project as it stands, in the form an earlier manifest has it. */
export function currentState(project: LoadedProject): ManifestState {
  const macros = [...project.scope.library.all()].map(
    (entry) => [macroId(entry), macroDictionary(project, entry)] as const,
  );
  return { nodes: dictionariesOf(project), macros: new Map(macros) };
}

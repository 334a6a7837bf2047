import type { DisabledNodes } from '../project/project.ts';
import type { ParsedPackage } from './load-package.ts';

const UNRESOLVED = { refs: [], sources: [] } as const;

/** What is turned off, for artifacts: its calls stay as written. */
export function disabledNodes(parsed: readonly ParsedPackage[]): Omit<DisabledNodes, 'unitTests'> {
  return {
    models: parsed
      .flatMap(({ models }) => models)
      .flatMap((model) => ('disabled' in model && model.shown ? [model.shown] : []))
      .map(({ node, calls }) => ({ ...node, calls, ...UNRESOLVED })),
    sources: parsed.flatMap(({ disabled }) => disabled),
    tests: parsed
      .flatMap(({ tests }) => tests.filter(({ isDisabled }) => isDisabled))
      .map(({ node }) => ({
        ...node,
        ...UNRESOLVED,
        label: node.name,
        subject: node.subject && { ...node.subject, key: node.subject.name },
      })),
    exposures: parsed
      .flatMap(({ exposures }) => exposures.filter(({ isDisabled }) => isDisabled))
      .map(({ node }) => ({ ...node, ...UNRESOLVED })),
    analyses: parsed
      .flatMap(({ analyses }) => analyses.filter(({ isDisabled }) => isDisabled))
      .map(({ node }) => ({ ...node, ...UNRESOLVED })),
  };
}

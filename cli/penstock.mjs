#!/usr/bin/env node
import { enableCompileCache, registerHooks } from 'node:module';

// Plain JavaScript, and before anything else is loaded: types are stripped and modules compiled once, not at each start, which is
// half of a short command's time.
enableCompileCache();

// Node looks for the package, the real path and the kind of file behind every import of every module, which is a seventh of it. Our
// own imports name their file, so that nothing need be looked for.
const root = new URL('..', import.meta.url).href;
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL: parent } = context;
    if (!specifier.endsWith('.ts') || !parent?.startsWith(root)) return next(specifier, context);
    const url = specifier.startsWith('#') ? root + specifier.slice(1) : new URL(specifier, parent).href;
    return { url, format: 'module-typescript', shortCircuit: true };
  },
});
await import('./main.ts');

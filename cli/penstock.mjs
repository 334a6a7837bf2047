#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Plain JavaScript, and before anything else is loaded: types are stripped and modules compiled once, not at each start, which is
// half of a short command's time.
enableCompileCache();
await import('./main.ts');

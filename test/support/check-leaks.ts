import { Socket } from 'node:net';
import { afterAll } from 'vitest';
import { childrenOf } from '#dev/servers/process-tree.ts';
import { waitFor } from './wait-for.ts';

/*
 * Runs around every test file. Registered first, so it runs after the file's own afterAll hooks: whatever still
 * keeps this worker busy then was leaked. Sockets cover pools, queue workers and HTTP clients alike.
 */

const graceMs = 3000;
const before = new Set(childrenOf(process.pid).map((child) => child.pid));

afterAll(async () => {
  const clean = async () => leaks().length === 0;
  await waitFor(clean, { what: 'resources to be released', timeoutMs: graceMs }).catch(() => undefined);
  const left = leaks();
  if (left.length > 0) throw new Error(`left behind by this test file:\n${left.join('\n')}`);
}, graceMs + 5000);

function leaks(): string[] {
  return [...leakedSockets(), ...leakedProcesses()];
}

function leakedProcesses(): string[] {
  return childrenOf(process.pid)
    .filter((child) => !before.has(child.pid))
    .map((child) => `process ${child.pid}: ${child.command.slice(0, 200)}`);
}

/** Only sockets that keep the process alive: idle keep-alive connections of `fetch` don't. */
function leakedSockets(): string[] {
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'));
  if (kinds.length === 0) return [];
  const named = openSockets().map((one) => `socket to ${one.remoteAddress}:${one.remotePort}`);
  return named.length > 0 ? named : kinds;
}

/** Undocumented, but the only way to say where a socket leads; used for the message alone. */
function openSockets(): Socket[] {
  const internals = process as unknown as { _getActiveHandles?: () => unknown[] };
  const handles = internals._getActiveHandles?.() ?? [];
  return handles.filter((one): one is Socket => one instanceof Socket && one.remotePort !== undefined);
}

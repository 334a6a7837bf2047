import { readFile } from 'node:fs/promises';
import { rounded } from '../figure.ts';

/** Ticks of the kernel's accounting a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used since it began, all its threads, in user and kernel; its children apart. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything, so count from what follows it: utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Most memory a process ever had resident, in MiB: the kernel's own mark, so nothing between two samples is missed. */
export async function peakMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error('this system does not say how much memory a process had at most');
  return rounded(Number(kib) / 1024);
}

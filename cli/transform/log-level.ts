import type { NodeStatus } from '#shared/models/invoke/node-result.ts';
import { LOG_LEVELS, type LogLevel, type ProjectFlags } from './transform-flags.ts';

/** How important something said is. */
export type Level = Exclude<LogLevel, 'none'>;

/** The least that is told: `--quiet` leaves errors, `--debug` tells all, `--log-level none` nothing. */
function leastTold({ quiet, debug, logLevel }: ProjectFlags): LogLevel {
  if (quiet === true) return logLevel === 'none' ? 'none' : 'error';
  return debug === true ? 'debug' : (logLevel ?? 'info');
}

/** Whether something of this level is told. */
export const isTold = (level: Level, flags: ProjectFlags): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(leastTold(flags));

/** How important it is that a node ended so. */
export function levelOfStatus(status: NodeStatus): Level {
  if (status === 'warn') return 'warn';
  return ['error', 'fail', 'runtime error', 'partial success'].includes(status) ? 'error' : 'info';
}

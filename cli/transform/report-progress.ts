import type { InvocationEvent, OnEvent } from '#shared/models/invoke/invocation-event.ts';
import type { CliContext } from '../context.ts';
import { jsonLine } from './json-line.ts';
import { isTold, type Level, levelOfStatus } from './log-level.ts';
import { batchLine, finishedLine, plannedLine, startedLine } from './progress-lines.ts';
import { stillRunning } from './still-running.ts';
import type { ProjectFlags } from './transform-flags.ts';

/**
 * Tells what happens while an invocation runs: lines for people on standard error, or with `--log-format json` one object a line on
 * standard output.
 */
export function progressReporter(context: CliContext, flags: ProjectFlags, invocationId: string): OnEvent {
  if (flags.logFormat === 'json') {
    return (event) => {
      if (isShown(event, flags)) context.write(`${jsonLine(event, invocationId)}\n`);
    };
  }
  const color = context.color && flags.useColors !== false;
  const watch = isTold('info', flags) ? stillRunning(context.control.say) : () => {};
  return (event) => {
    watch(event);
    if (!isShown(event, flags)) return;
    const line = lineOf(event, color);
    if (line !== undefined) context.control.say(line);
  };
}

function lineOf(event: InvocationEvent, color: boolean): string | undefined {
  switch (event.type) {
    case 'planned':
      return plannedLine(event);
    case 'node-started':
      return startedLine(event);
    case 'batch-finished':
      return batchLine(event, color);
    case 'node-finished':
      return finishedLine(event.result, event.index, event.total, color);
    case 'message':
      return event.text;
    default:
      return undefined;
  }
}

/** What a template prints is shown at every level, unless `--no-print`. */
function isShown(event: InvocationEvent, flags: ProjectFlags): boolean {
  if (event.type === 'message' && event.print) return flags.print !== false;
  return isTold(levelOfEvent(event), flags);
}

function levelOfEvent(event: InvocationEvent): Level {
  switch (event.type) {
    case 'message':
      return event.level;
    case 'node-finished':
      return levelOfStatus(event.result.status);
    case 'batch-finished':
      return levelOfStatus(event.batch.status);
    default:
      return 'info';
  }
}

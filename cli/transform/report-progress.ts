import type { InvocationEvent, OnEvent } from '#shared/models/invoke/invocation-event.ts';
import type { CliContext } from '../context.ts';
import { jsonLine } from './json-line.ts';
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
  const watch = flags.quiet === true ? () => {} : stillRunning(context.control.say);
  return (event) => {
    watch(event);
    if (!isShown(event, flags)) return;
    const line = lineOf(event, context.color);
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

/** Quiet still tells failures, and what a template prints. */
function isShown(event: InvocationEvent, flags: ProjectFlags): boolean {
  if (event.type === 'message') {
    if (event.level === 'debug') return flags.debug === true;
    return event.print || event.level === 'error' || flags.quiet !== true;
  }
  if (flags.quiet !== true) return true;
  if (event.type === 'batch-finished') return event.batch.status === 'error';
  return (
    event.type === 'node-finished' && !['success', 'pass', 'skipped', 'no-op'].includes(event.result.status)
  );
}

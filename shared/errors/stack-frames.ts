/**
 * Where an error was thrown, without what it said: the frames of its stack. A message may quote data, and data may have
 * lines that look like frames, so nothing of it is taken for one.
 *
 * @param most frames at most.
 */
export function stackFrames(error: unknown, most = Number.POSITIVE_INFINITY): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { stack, message } = error;
  const said = stack.indexOf(message);
  // A message that was changed later is no part of the stack, and the one that is cannot be told from frames.
  if (said < 0) return [];
  const frames = stack
    .slice(said + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return frames.slice(0, most);
}

import type { OnLog } from '../compile/render-scope.ts';
import type { OnEvent } from './invocation-event.ts';

/** Turns what a node's templates say into events. @param node its unique id, null outside of nodes. */
export function logOf(onEvent: OnEvent, node: string | null): OnLog {
  return (text, kind) =>
    onEvent({
      type: 'message',
      level: kind === 'print' ? 'info' : kind,
      text,
      node,
      print: kind === 'print',
    });
}

import type { OnLog } from '../compile/render-scope.ts';
import type { OnEvent } from './invocation-event.ts';
import { PLAIN_WARNINGS, type WarningRules, warnBy } from './warning-rules.ts';

/**
 * Turns what a node's templates say into events. With `rules` a warning may be an error, which is thrown.
 *
 * @param node its unique id, null outside of nodes.
 */
export function logOf(onEvent: OnEvent, node: string | null, rules: WarningRules = PLAIN_WARNINGS): OnLog {
  const tell: OnLog = (text, kind) =>
    onEvent({
      type: 'message',
      level: kind === 'print' ? 'info' : kind,
      text,
      node,
      print: kind === 'print',
    });
  return (text, kind) => {
    if (kind === 'warn') warnBy(rules, 'JinjaLogWarning', text, () => tell(text, kind));
    else tell(text, kind);
  };
}

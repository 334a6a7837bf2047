import { TemplateError } from '#shared/template/failures/template-error.ts';
import { TemplateFault } from '#shared/template/failures/template-fault.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';

/** `try_or_compiler_error(message, function, *arguments)`: the function's answer, or the message where it fails. */
export const tryOrCompilerError: Value = hostFunction('try_or_compiler_error', attempt);

function attempt({ args, kwargs, state }: CallSite): Wait<Value> {
  const [message = null, callee = null, ...rest] = args;
  const refused = (error: unknown): never => {
    // A spent budget ends the render, and what is no fault of the template goes on as it is.
    const isFault = error instanceof TemplateFault || error instanceof TemplateError;
    if (!isFault || error.kind === 'limit') throw error;
    return raiseFromTemplate(toText(message, state.budget));
  };
  try {
    const answer = state.invoke(callee, rest, kwargs);
    return answer instanceof Promise ? answer.catch(refused) : answer;
  } catch (error) {
    return refused(error);
  }
}

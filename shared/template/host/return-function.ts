import { ReturnSignal } from '../evaluate/return-signal.ts';
import { hostFunction } from './host-function.ts';
import { parameters } from './parameters.ts';

const bind = parameters('return', 'data?');

/** `return(value)`: ends the macro it is called in with a value of any type. Give it to templates as a global. */
export const returnFunction = hostFunction('return', (call) => {
  throw new ReturnSignal(bind(call)[0] ?? null);
});

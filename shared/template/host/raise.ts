import { TemplateFault } from '../failures/template-fault.ts';

/** For functions of the host that fail on behalf of the template's author, e.g. `raise_compiler_error(message)`. */
export function raiseFromTemplate(message: string): never {
  throw new TemplateFault('raised', message);
}

import type { FromImport, Import, Include } from '../syntax/statement.ts';
import { presentOr } from '../values/present.ts';
import { after, type Wait } from '../values/wait.ts';
import { Frame } from './frame.ts';
import { executeTemplate, isDiscarding } from './inheritance.ts';
import { findTemplate, loadTemplate } from './load-template.ts';
import { ModuleValue } from './module-value.ts';
import { Output } from './output.ts';
import type { Flow, LoadedTemplate } from './run.ts';

/** A scope for another template: around it is this one, or only the globals. */
function rootFor(template: LoadedTemplate, withContext: boolean, output: Output, frame: Frame): Frame {
  const { run } = frame;
  const around = withContext ? { parent: frame } : { source: run.surroundings.globals };
  return new Frame({ run, unit: template, output, ...around });
}

export function executeInclude(node: Include, frame: Frame): Wait<Flow> {
  const found = node.ignoreMissing
    ? findTemplate(node.template, node.at, frame)
    : loadTemplate(node.template, node.at, frame);
  return after(found, (template) => {
    if (template === undefined) return undefined;
    const output = isDiscarding(frame) ? new Output(frame.run.budget) : frame.output;
    return after(
      executeTemplate(template, rootFor(template, node.withContext, output, frame)),
      () => undefined,
    );
  });
}

function loadModule(node: Import | FromImport, frame: Frame): Wait<ModuleValue> {
  return after(loadTemplate(node.template, node.at, frame), (template) => {
    const output = new Output(frame.run.budget);
    const root = rootFor(template, node.withContext, output, frame);
    return after(
      executeTemplate(template, root),
      () => new ModuleValue(template.file, root.ownNames(), output.text),
    );
  });
}

export function executeImport(node: Import, frame: Frame): Wait<Flow> {
  return after(loadModule(node, frame), (module) => {
    frame.set(node.name, module);
    return undefined;
  });
}

export function executeFromImport(node: FromImport, frame: Frame): Wait<Flow> {
  return after(loadModule(node, frame), (module) => {
    for (const { name, alias } of node.names) {
      const missing = () => `the template ${module.file} does not export the requested name '${name}'`;
      frame.set(
        alias,
        presentOr(module.getAttr(name), () => frame.run.undefinedOf(missing)),
      );
    }
    return undefined;
  });
}

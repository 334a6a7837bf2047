import { TemplateFault, typeFault } from '../failures/template-fault.ts';
import { BoundMethod } from '../methods/bound-method.ts';
import type { Block, Extends, Statement } from '../syntax/statement.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import { BlocksOfTemplate } from './blocks-of-template.ts';
import { Frame } from './frame.ts';
import { loadTemplate } from './load-template.ts';
import { Output } from './output.ts';
import type { Flow, LoadedTemplate } from './run.ts';

interface Definition {
  readonly node: Block;
  readonly unit: LoadedTemplate;
}

/** The blocks of one template and those it extends; the most derived first. */
interface Inheritance {
  readonly root: Frame;
  readonly blocks: Map<string, Definition[]>;
  parent: LoadedTemplate | undefined;
}

const inheritances = new WeakMap<Frame, Inheritance>();

/** Runs a whole template in `root`, with what it extends. */
export function executeTemplate(template: LoadedTemplate, root: Frame, known?: Inheritance): Wait<void> {
  const inheritance: Inheritance = known ?? { root, blocks: new Map(), parent: undefined };
  inheritance.parent = undefined;
  collectBlocks(template.body, template, inheritance);
  inheritances.set(root, inheritance);
  if (inheritance.blocks.size > 0)
    root.set('self', new BlocksOfTemplate((name) => callBlock(name, inheritance, root)));
  return after(root.run.execute(template.body, root), () => {
    const { parent } = inheritance;
    if (parent === undefined) return undefined;
    root.run.budget.enter();
    const frame = new Frame({ run: root.run, unit: parent, output: root.output, parent: root });
    const done = executeTemplate(parent, frame, inheritance);
    root.run.budget.leave();
    return done;
  });
}

function callBlock(name: string, inheritance: Inheritance, root: Frame): Value | undefined {
  if (!inheritance.blocks.has(name)) return undefined;
  return new BoundMethod(name, () => {
    const captured = new Output(root.run.budget);
    return after(runBlock(name, 0, inheritance, root, captured), () => captured.text);
  });
}

function collectBlocks(nodes: readonly Statement[], unit: LoadedTemplate, into: Inheritance): void {
  for (const node of nodes) {
    if (node.kind === 'block')
      into.blocks.set(node.name, [...(into.blocks.get(node.name) ?? []), { node, unit }]);
    if (node.kind === 'if') {
      for (const branch of node.branches) collectBlocks(branch.body, unit, into);
      collectBlocks(node.otherwise, unit, into);
    } else if ('body' in node) collectBlocks(node.body, unit, into);
  }
}

function inheritanceOf(frame: Frame): Inheritance | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const found = inheritances.get(at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True at the top level of a template that has met its `extends`: only its blocks print. */
export function isDiscarding(frame: Frame): boolean {
  return inheritances.get(frame)?.parent !== undefined;
}

export function executeExtends(node: Extends, frame: Frame): Wait<Flow> {
  const inheritance = inheritances.get(frame);
  if (inheritance === undefined) throw typeFault('extends must stand at the top level');
  if (inheritance.parent !== undefined) throw typeFault('extended multiple times');
  return after(loadTemplate(node.template, node.at, frame), (parent) => {
    inheritance.parent = parent;
    return undefined;
  });
}

export function executeBlock(node: Block, frame: Frame): Wait<Flow> {
  if (isDiscarding(frame)) return undefined;
  const inheritance = inheritanceOf(frame);
  if (inheritance === undefined) return undefined;
  const outer = node.scoped ? frame : inheritance.root;
  return after(runBlock(node.name, 0, inheritance, outer, frame.output), () => undefined);
}

function runBlock(
  name: string,
  level: number,
  inheritance: Inheritance,
  outer: Frame,
  output: Output,
): Wait<void> {
  const definition = inheritance.blocks.get(name)?.[level];
  if (definition === undefined)
    throw new TemplateFault('undefined', `there is no parent block called '${name}'`);
  const { node, unit } = definition;
  if (node.required) throw typeFault(`Required block '${name}' not found`);
  const frame = new Frame({ run: outer.run, unit, output, parent: outer });
  frame.set(
    'super',
    new BoundMethod('super', () => {
      const captured = new Output(outer.run.budget);
      return after(runBlock(name, level + 1, inheritance, outer, captured), () => captured.text);
    }),
  );
  return after(outer.run.execute(node.body, frame), () => undefined);
}

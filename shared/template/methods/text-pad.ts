import { valueFault } from '../failures/template-fault.ts';
import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { Budget } from '../limits/budget.ts';
import type { CallSite } from '../values/call-site.ts';
import { textLength } from '../values/code-points.ts';
import { methodTable } from './method-table.ts';

const bindPad = parameters('pad', 'width', 'fillchar?');
const bindWidth = parameters('zfill', 'width');
const bindTabs = parameters('expandtabs', 'tabsize?');

/** Where padding goes. */
export type PadSide = 'left' | 'right' | 'both';

/** Pads to a width in characters. Where both sides cannot be even, Python's center() decides which gets more. */
export function pad(text: string, width: number, fill: string, side: PadSide, budget: Budget): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  budget.text(width);
  if (side === 'left') return fill.repeat(missing) + text;
  if (side === 'right') return text + fill.repeat(missing);
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function padBy(self: string, call: CallSite, side: PadSide): string {
  const [width = 0n, fill = ' '] = bindPad(call);
  const character = expectText(fill, 'the fill character');
  if (textLength(character) !== 1) throw valueFault('The fill character must be exactly one character long');
  return pad(self, expectCount(width, 'width'), character, side, call.state.budget);
}

export const textPadMethods = methodTable<string>({
  center: (self, call) => padBy(self, call, 'both'),
  ljust: (self, call) => padBy(self, call, 'right'),
  rjust: (self, call) => padBy(self, call, 'left'),
  zfill: (self, call) => {
    const width = expectCount(bindWidth(call)[0] ?? 0n, 'width');
    const sign = self.startsWith('-') || self.startsWith('+') ? self.charAt(0) : '';
    return sign + pad(self.slice(sign.length), width - sign.length, '0', 'left', call.state.budget);
  },
  expandtabs: (self, call) =>
    expandTabs(self, expectCount(bindTabs(call)[0] ?? 8n, 'tabsize'), call.state.budget),
});

function expandTabs(text: string, size: number, budget: Budget): string {
  let out = '';
  let column = 0;
  for (const character of text) {
    if (character === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0;
      budget.text(blanks);
      out += ' '.repeat(blanks);
      column += blanks;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}

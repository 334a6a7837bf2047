/** A project's files by path. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** One file changed at random. */
export interface Mutation {
  readonly path: string;
  readonly text: string;
  /** What was done, for a failure's message. */
  readonly what: string;
}

/** What breaks parsers: half of a pair, deep nesting, other white space, names that mean something elsewhere. */
const TOKENS = [
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '{{ this }}',
    "{{ ref('x') }}",
    '{{ ref(None) }}',
    '{% raw %}',
    '{% endraw %}',
  ],
  ...[
    '{% if',
    '{% endif %}',
    '{% for x in x %}',
    '{% endfor %}',
    '{% set x = x %}',
    '{% macro m() %}',
    '{% endmacro %}',
    '{% call m() %}',
  ],
  ...[
    "'",
    '"',
    '`',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    ',',
    '|',
    '~',
    '\\',
    '&a',
    '*a',
    '<<: *a',
    '!!js/function',
    '---',
    '...',
    '? ',
  ],
  ...[
    '\t',
    '\n',
    '\r\n',
    '\u0000',
    '\u2028',
    '\ufeff',
    '\ud83d\ude00',
    '\ud83d',
    ' '.repeat(40),
    '('.repeat(2_000),
    '['.repeat(2_000),
  ],
  ...[
    'null',
    'true',
    '1e999',
    '-1',
    '0x',
    '.nan',
    '2024-13-45',
    'constructor',
    '__proto__',
    'prototype',
    '__class__',
    'select',
    ';',
    '--',
    '/*',
    '$$',
    "'; drop table x; --",
  ],
] as const;

/** Changes one file of a project in one to three places. */
export function mutateProject(files: ProjectFiles, random: () => number): Mutation {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const [path, original] = pick([...files]);
  const done: string[] = [];
  let text = original;
  for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const length = Math.floor(random() * random() * 80);
    const change = pick(CHANGES);
    text = change.apply(text, at, length, pick);
    done.push(`${change.name} at ${at}`);
  }
  return { path, text, what: `${path}: ${done.join(', ')}` };
}

interface Change {
  readonly name: string;
  apply(text: string, at: number, length: number, pick: <T>(items: readonly T[]) => T): string;
}

const CHANGES: readonly Change[] = [
  { name: 'insert a token', apply: (text, at, _, pick) => text.slice(0, at) + pick(TOKENS) + text.slice(at) },
  { name: 'delete', apply: (text, at, length) => text.slice(0, at) + text.slice(at + length) },
  { name: 'repeat', apply: (text, at, length) => text.slice(0, at + length) + text.slice(at) },
  {
    name: 'replace by a token',
    apply: (text, at, length, pick) => text.slice(0, at) + pick(TOKENS) + text.slice(at + length),
  },
  {
    name: 'move a line',
    apply: (text, at, length) => {
      const lines = text.split('\n');
      const from = at % lines.length;
      const [moved = ''] = lines.splice(from, 1);
      lines.splice(length % (lines.length + 1), 0, moved);
      return lines.join('\n');
    },
  },
  { name: 'cut off', apply: (text, at) => text.slice(0, at) },
  {
    name: 'swap words',
    apply: (text, at, length, pick) =>
      swapWord(text, at, pick(text.split(/\W+/).filter(Boolean).concat('x'))) + (length === 79 ? '\n' : ''),
  },
];

function swapWord(text: string, at: number, word: string): string {
  const found = /\w+/g;
  found.lastIndex = at;
  const next = found.exec(text);
  return next === null ? text : text.slice(0, next.index) + word + text.slice(next.index + next[0].length);
}

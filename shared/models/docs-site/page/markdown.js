/**
 * The Markdown that descriptions use, as elements: nothing an author writes becomes markup. Headings, lists, tables, code, quotes, and
 * in a line code, bold, italics and links to the web.
 */
export function markdown(text) {
  const root = element('div', { class: 'prose' });
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  while (lines.length > 0) {
    const line = lines[0];
    if (line.trim() === '') lines.shift();
    else if (line.startsWith('```')) root.append(fenced(lines));
    else if (/^#{1,6} /.test(line)) root.append(heading(lines.shift()));
    else if (/^\s*([-*+]|\d+\.) /.test(line)) root.append(list(lines));
    else if (line.startsWith('>')) root.append(quote(lines));
    else if (line.includes('|') && /^[\s|:-]+$/.test(lines[1] ?? '')) root.append(table(lines));
    else root.append(paragraph(lines));
  }
  return root;
}

/** An element with attributes and children; text is text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function fenced(lines) {
  lines.shift();
  const code = [];
  while (lines.length > 0 && !lines[0].startsWith('```')) code.push(lines.shift());
  lines.shift();
  return element('pre', {}, element('code', {}, code.join('\n')));
}

function heading(line) {
  const level = line.indexOf(' ');
  return element(`h${Math.min(level, 3)}`, {}, ...inline(line.slice(level + 1)));
}

function list(lines) {
  const isOrdered = /^\s*\d/.test(lines[0]);
  const items = [];
  while (lines.length > 0 && /^\s*([-*+]|\d+\.) |^\s+\S/.test(lines[0])) {
    const line = lines.shift();
    const item = /^\s*(?:[-*+]|\d+\.) (.*)$/.exec(line);
    if (item) items.push(item[1]);
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return element(isOrdered ? 'ol' : 'ul', {}, ...items.map((item) => element('li', {}, ...inline(item))));
}

function quote(lines) {
  const said = [];
  while (lines[0]?.startsWith('>')) said.push(lines.shift().replace(/^> ?/, ''));
  return element('blockquote', {}, ...inline(said.join(' ')));
}

function table(lines) {
  const cells = (line) =>
    line
      .replace(/^\s*\|/, '')
      .replace(/\|\s*$/, '')
      .split('|')
      .map((cell) => cell.trim());
  const head = cells(lines.shift());
  lines.shift();
  const rows = [];
  while (lines[0]?.includes('|')) rows.push(cells(lines.shift()));
  const row = (name, all) => element('tr', {}, ...all.map((cell) => element(name, {}, ...inline(cell))));
  return element('table', {}, row('th', head), ...rows.map((all) => row('td', all)));
}

function paragraph(lines) {
  const said = [];
  while (lines.length > 0 && lines[0].trim() !== '' && !/^(#{1,6} |```|>)/.test(lines[0]))
    said.push(lines.shift());
  if (said.length === 0) said.push(lines.shift());
  return element('p', {}, ...inline(said.join('\n')));
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/;

function inline(text) {
  const found = INLINE.exec(text);
  if (found === null) return [text];
  const [whole, code, bold, slanted, label, target] = found;
  const made =
    code !== undefined
      ? element('code', {}, code)
      : bold !== undefined
        ? element('strong', {}, ...inline(bold))
        : slanted !== undefined
          ? element('em', {}, ...inline(slanted))
          : link(label, target);
  return [text.slice(0, found.index), made, ...inline(text.slice(found.index + whole.length))];
}

/** Only addresses of the web and of people: a script is no address. */
function link(label, target) {
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return label;
  return element('a', { href: target, rel: 'noreferrer noopener', target: '_blank' }, label);
}

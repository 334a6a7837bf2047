import { lineage, wholeLineage } from './lineage.js';
import { element, markdown } from './markdown.js';

const data = JSON.parse(document.getElementById('data').textContent);
const byId = new Map(data.nodes.map((node) => [node.id, node]));
const readers = new Map();
for (const { id, reads } of data.nodes) {
  for (const read of reads) readers.set(read, [...(readers.get(read) ?? []), id]);
}

const PLURALS = { analysis: 'analyses', exposure: 'exposures' };
const plural = (type) => PLURALS[type] ?? `${type}s`;
const ORDER = ['model', 'snapshot', 'seed', 'source', 'exposure', 'analysis'];
const types = [...new Set(data.nodes.map(({ type }) => type))].sort(
  (a, b) => ORDER.indexOf(a) - ORDER.indexOf(b),
);

const main = document.querySelector('main');
const nav = document.querySelector('nav');
const search = document.querySelector('input');
document.querySelector('.home').textContent = data.project;

/** A graph of more boxes than this helps nobody. */
const MOST_BOXES = 150;

function section(title, ...content) {
  return element('section', {}, element('h2', {}, title), ...content);
}

function nodePage(node) {
  const title = element('h1', {}, node.name, element('span', { class: 'type' }, node.type));
  const where = element('p', { class: 'where mono' }, node.relation ?? node.id, ` · ${node.path}`);
  const parts = [title, where];
  if (node.tags.length > 0) parts.push(chips(node.tags));
  if (node.description !== '') parts.push(markdown(node.description));
  if (node.facts.length > 0) parts.push(factList(node));
  if (node.columns.length > 0) parts.push(section(`Columns (${node.columns.length})`, columnTable(node)));
  if (node.tests.length > 0) parts.push(section('Other tests', chips(node.tests)));
  parts.push(section('Lineage', ...lineageOf(node)));
  const code = codeOf(node);
  if (code !== undefined) parts.push(section('SQL', ...code));
  return parts;
}

const chips = (all) => element('div', {}, ...all.map((one) => element('span', { class: 'chip' }, one)));

function factList({ facts }) {
  const pairs = facts.map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, shown(value))),
  );
  return element('section', {}, element('dl', { class: 'facts' }, ...pairs));
}

/** Large numbers in groups of three. */
const shown = (value) => (/^\d{4,}$/.test(value) ? Number(value).toLocaleString('en') : value);

function columnTable({ columns }) {
  const row = ({ name, type, description, tests }) =>
    element(
      'tr',
      {},
      element('td', { class: 'mono' }, name),
      element('td', { class: 'mono' }, type),
      element('td', {}, description === '' ? '' : markdown(description)),
      element('td', {}, chips(tests)),
    );
  const head = ['column', 'type', 'description', 'tests'].map((name) =>
    element('th', { scope: 'col' }, name),
  );
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)));
  table.append(element('tbody', {}, ...columns.map(row)));
  return element('div', { class: 'table' }, table);
}

function lineageOf(node) {
  const frame = element('div', { class: 'graph' });
  const choices = [1, 2, 99];
  const buttons = choices.map((depth) =>
    element('button', {}, depth === 99 ? 'everything' : `${depth} step${depth > 1 ? 's' : ''}`),
  );
  const draw = (index) => {
    frame.replaceChildren(lineage(node.id, byId, readers, choices[index]));
    for (const [at, button] of buttons.entries()) button.setAttribute('aria-pressed', String(at === index));
  };
  for (const [index, button] of buttons.entries()) button.addEventListener('click', () => draw(index));
  draw(1);
  return [element('div', { class: 'tabs' }, ...buttons), frame];
}

function codeOf({ source, compiled }) {
  const kinds = [
    ['compiled', compiled],
    ['source', source],
  ].filter(([, code]) => code !== null);
  if (kinds.length === 0) return undefined;
  const text = element('pre', { class: 'mono' });
  const buttons = kinds.map(([name, code]) => {
    const button = element('button', {}, name);
    button.addEventListener('click', () => show(button, code));
    return button;
  });
  const copy = element('button', {}, 'copy');
  copy.addEventListener('click', () => navigator.clipboard?.writeText(text.textContent));
  const show = (chosen, code) => {
    text.textContent = code;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === chosen));
  };
  show(buttons[0], kinds[0][1]);
  return [element('div', { class: 'tabs' }, ...buttons, copy), text];
}

function overviewPage() {
  const counts = types.map((type) => {
    const count = data.nodes.filter((node) => node.type === type).length;
    return element(
      'div',
      {},
      element('b', {}, String(count)),
      element('span', {}, count === 1 ? type : plural(type)),
    );
  });
  const parts = [
    element('h1', {}, data.project),
    element('p', { class: 'where' }, `generated ${data.generatedAt.slice(0, 19).replace('T', ' ')} UTC`),
  ];
  if (data.overview !== '') parts.push(markdown(data.overview));
  parts.push(element('div', { class: 'counts' }, ...counts));
  if (data.nodes.length > 0 && data.nodes.length <= MOST_BOXES)
    parts.push(section('Lineage', element('div', { class: 'graph' }, wholeLineage(byId))));
  return parts;
}

function fits(node, words) {
  const all = [
    node.name,
    node.description,
    ...node.tags,
    ...node.columns.flatMap((one) => [one.name, one.description]),
  ];
  const text = all.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function listNodes() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = data.nodes.filter((node) => fits(node, words));
  const own = idOfPage();
  const groups = types.flatMap((type) => {
    const nodes = found.filter((node) => node.type === type);
    if (nodes.length === 0) return [];
    const links = nodes.map((node) => {
      const link = element('a', { href: `#${node.id}`, title: node.id }, node.name);
      if (node.id === own) link.setAttribute('aria-current', 'page');
      return link;
    });
    return [element('h2', {}, plural(type)), ...links];
  });
  nav.replaceChildren(
    ...(groups.length > 0 ? groups : [element('p', { class: 'none' }, 'Nothing has these words.')]),
  );
}

const idOfPage = () => decodeURIComponent(location.hash.slice(1));

function openPage() {
  const node = byId.get(idOfPage());
  main.replaceChildren(...(node === undefined ? overviewPage() : nodePage(node)));
  document.title = node === undefined ? `${data.project} · documentation` : `${node.name} · ${data.project}`;
  main.scrollTop = 0;
  listNodes();
  nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
}

search.addEventListener('input', listNodes);
addEventListener('hashchange', openPage);
openPage();

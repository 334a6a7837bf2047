const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, GAP_X, GAP_Y, EDGE] = [190, 40, 60, 14, 16];

/**
 * What a node reads and who reads it, in columns from left to right: each as far right as the longest way to it is.
 *
 * @param byId nodes of the page.
 * @param readers ids of who reads, by id.
 * @param depth how many steps away, up and down.
 */
export function lineage(id, byId, readers, depth) {
  const chosen = new Set([id]);
  reach(id, (one) => byId.get(one)?.reads ?? [], depth, chosen, byId);
  reach(id, (one) => readers.get(one) ?? [], depth, chosen, byId);
  return drawn(chosen, byId, id);
}

/** The whole project. */
export const wholeLineage = (byId) => drawn(new Set(byId.keys()), byId, undefined);

function reach(from, next, depth, into, byId) {
  let edge = [from];
  for (let step = 0; step < depth && edge.length > 0; step += 1) {
    edge = edge.flatMap((id) => next(id).filter((one) => byId.has(one)));
    for (const one of edge) into.add(one);
    edge = [...new Set(edge)];
  }
}

function drawn(chosen, byId, own) {
  const columns = columnsOf(chosen, byId);
  const places = new Map();
  for (const [x, column] of columns.entries()) {
    for (const [y, id] of column.entries()) {
      places.set(id, { x: EDGE + x * (WIDTH + GAP_X), y: EDGE + y * (HEIGHT + GAP_Y) });
    }
  }
  const tallest = Math.max(...columns.map((column) => column.length));
  const size = {
    width: EDGE * 2 + columns.length * (WIDTH + GAP_X) - GAP_X,
    height: EDGE * 2 + tallest * (HEIGHT + GAP_Y) - GAP_Y,
  };
  const svg = shape('svg', { ...size, viewBox: `0 0 ${size.width} ${size.height}`, role: 'img' });
  for (const [id, to] of places) {
    for (const read of byId.get(id).reads) {
      const from = places.get(read);
      if (from) svg.append(edgeOf(from, to));
    }
  }
  for (const [id, place] of places) svg.append(box(byId.get(id), place, id === own));
  return svg;
}

/** Ids by column; within one, near the middle of what they read. */
function columnsOf(chosen, byId) {
  const levels = new Map();
  const levelOf = (id, way) => {
    if (levels.has(id)) return levels.get(id);
    if (way.has(id)) return 0;
    way.add(id);
    const reads = byId.get(id).reads.filter((read) => chosen.has(read));
    const level = reads.length === 0 ? 0 : 1 + Math.max(...reads.map((read) => levelOf(read, way)));
    levels.set(id, level);
    return level;
  };
  for (const id of chosen) levelOf(id, new Set());
  for (const [id, level] of nearTheirReaders(chosen, byId, levels)) levels.set(id, level);
  const columns = [];
  for (const id of [...chosen].sort()) {
    const level = levels.get(id);
    columns[level] = [...(columns[level] ?? []), id];
  }
  const rank = new Map();
  for (const column of columns) {
    const middle = (id) => {
      const ranks = byId.get(id).reads.flatMap((read) => rank.get(read) ?? []);
      return ranks.length === 0 ? 0 : ranks.reduce((sum, one) => sum + one, 0) / ranks.length;
    };
    column.sort((a, b) => middle(a) - middle(b));
    for (const [index, id] of column.entries()) rank.set(id, index);
  }
  return columns;
}

/** What reads nothing stands just left of its first reader, so that no line crosses the whole. */
function nearTheirReaders(chosen, byId, levels) {
  const first = new Map();
  for (const id of chosen) {
    for (const read of byId.get(id).reads) {
      if (levels.get(read) === 0) first.set(read, Math.min(first.get(read) ?? Infinity, levels.get(id)));
    }
  }
  return [...first].map(([id, level]) => [id, level - 1]);
}

function edgeOf(from, to) {
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + HEIGHT / 2];
  const bend = (x2 - x1) / 2;
  return shape('path', {
    class: 'edge',
    d: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
  });
}

function box(node, { x, y }, isOwn) {
  const link = shape('a', { href: `#${node.id}`, class: isOwn ? 'own' : '' });
  const title = shape('title', {});
  title.textContent = node.id;
  link.append(
    title,
    shape('rect', { x, y, width: WIDTH, height: HEIGHT, rx: 6 }),
    label(node.type, x + 10, y + 14, 'kind'),
    label(node.name.length > 27 ? `${node.name.slice(0, 26)}…` : node.name, x + 10, y + 30, ''),
  );
  return link;
}

function label(text, x, y, name) {
  const made = shape('text', { x, y, class: name });
  made.textContent = text;
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

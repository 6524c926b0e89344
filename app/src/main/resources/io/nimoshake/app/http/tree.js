// Draws the shards of a stream, each to the right of its parents, and the segments of a copy.

import { clock, element, put, seconds, shape } from './format.js';

const COLUMN = 46;
const LINE = 20;
const LABEL = 250;
/** So many generations are drawn; older ones are only counted. */
const GENERATIONS = 18;

/** How many generations of parents each shard has. */
function generations(shards) {
  const byId = new Map(shards.map((s) => [s.id, s]));
  const known = new Map();
  const depth = (shard) => {
    if (known.has(shard.id)) return known.get(shard.id);
    known.set(shard.id, 0); // ends the recursion if shards name each other as parents
    const parents = shard.parents.map((p) => byId.get(p)).filter(Boolean);
    const own = parents.length ? 1 + Math.max(...parents.map(depth)) : 0;
    known.set(shard.id, own);
    return own;
  };
  shards.forEach(depth);
  return known;
}

/** The place of each shard: children below each other, a parent at the middle of its children. */
function places(shards, depth, first) {
  const children = new Map();
  const drawn = new Set(shards.map((s) => s.id));
  const roots = [];
  for (const shard of shards) {
    const parent = shard.parents.find((p) => drawn.has(p));
    if (parent) children.set(parent, [...(children.get(parent) || []), shard]);
    else roots.push(shard);
  }
  const found = new Map();
  let line = 0;
  const place = (shard) => {
    const own = children.get(shard.id) || [];
    own.forEach(place);
    const lines = own.map((child) => found.get(child.id).line);
    found.set(shard.id, {
      line: lines.length ? (Math.min(...lines) + Math.max(...lines)) / 2 : line++,
      column: depth.get(shard.id) - first,
      leaf: !own.length,
    });
  };
  roots.forEach(place);
  return { found, lines: line };
}

function short(id) {
  return id.length > 20 ? '…' + id.slice(-14) : id;
}

function words(shard, now) {
  const record = shard.record_time
    ? `, last record of ${clock(shard.record_time, true)}` +
      (shard.state === 'running' ? `, ${seconds((Date.parse(shard.updated) - Date.parse(shard.record_time)) / 1000)} behind` : '')
    : '';
  const position = shard.position === 'beginning' || shard.position === 'end'
    ? 'at its ' + shard.position : 'at ' + shard.position;
  return `${shard.id}: ${shard.state}, ${position}${record}`;
}

/** Draws the shards. The arrow keys move the focus from one to the next. */
export function drawShards(holder, about, shards, now) {
  const depth = generations(shards);
  const deepest = Math.max(0, ...depth.values());
  const first = Math.max(0, deepest - GENERATIONS + 1);
  const shown = shards.filter((s) => depth.get(s.id) >= first || s.state !== 'done');
  shown.forEach((s) => depth.set(s.id, Math.max(first, depth.get(s.id))));
  const older = shards.length - shown.length;
  const { found, lines } = places(shown, depth, first);
  const x = (id) => 14 + (older ? 60 : 0) + found.get(id).column * COLUMN;
  const y = (id) => 14 + found.get(id).line * LINE;
  const width = 14 + (older ? 60 : 0) + (deepest - first) * COLUMN + LABEL;
  const height = Math.max(28, 8 + lines * LINE);
  const svg = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group',
    'aria-label': 'shards and their parents' });
  if (older) svg.append(shape('text', { x: 0, y: 18, class: 'soft' }, `${older} older`));
  for (const shard of shown) {
    for (const parent of shard.parents.filter((p) => found.has(p))) {
      const middle = (x(parent) + x(shard.id)) / 2;
      svg.append(shape('path', { class: 'link', d:
        `M${x(parent)},${y(parent)}C${middle},${y(parent)} ${middle},${y(shard.id)} ${x(shard.id)},${y(shard.id)}` }));
    }
  }
  const focused = holder.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const nodes = shown.map((shard, i) => {
    const node = shape('circle', { cx: x(shard.id), cy: y(shard.id),
      r: shard.state === 'done' ? 4 : 5.5, class: 'node node-' + shard.state,
      tabindex: (focused ? shard.id === focused : i === shown.length - 1) ? 0 : -1,
      role: 'img', 'aria-label': words(shard, now) });
    node.dataset.id = shard.id;
    node.append(shape('title', {}, words(shard, now)));
    node.addEventListener('focus', () => put(about, words(shard, now)));
    node.addEventListener('pointerenter', () => put(about, words(shard, now)));
    if (found.get(shard.id).leaf) {
      svg.append(shape('text', { x: x(shard.id) + 13, y: y(shard.id) + 4,
        class: shard.state === 'running' ? '' : 'soft' }, `${short(shard.id)}`));
    }
    return node;
  });
  nodes.forEach((node, i) => {
    node.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = step && nodes[i + step];
      if (!next) return;
      event.preventDefault();
      node.setAttribute('tabindex', -1);
      next.setAttribute('tabindex', 0);
      next.focus();
    });
    svg.append(node);
  });
  holder.replaceChildren(svg);
  nodes.find((node) => node.dataset.id === focused)?.focus();
}

/** Draws a square for each segment. */
export function drawSegments(holder, segments) {
  holder.classList.toggle('many', segments.length > 150);
  if (holder.children.length !== segments.length) {
    holder.replaceChildren(...segments.map(() => element('span')));
  }
  segments.forEach((segment, i) => {
    holder.children[i].className = segment.state;
    holder.children[i].title = `${segment.id}: ${segment.state}`;
  });
}

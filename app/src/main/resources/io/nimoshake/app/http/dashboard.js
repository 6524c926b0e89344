'use strict';
// Shows what /api/v1/events tells, about once a second. Whatever comes from there is only ever put
// on the page as text.

const KEPT = 300;
const LOST_AFTER_MILLIS = 5000;
const SVG = 'http://www.w3.org/2000/svg';
const $ = (id) => document.getElementById(id);
const history = { rate: [], lag: [] };
const tables = new Map();
let before = null;
let heard = 0;

function put(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
}

function count(number) {
  return number.toLocaleString('en-US');
}

function bytes(number) {
  const units = ['B', 'KB', 'MB', 'GB'];
  let unit = 0;
  for (; number >= 1024 && unit < units.length - 1; unit++) number /= 1024;
  return number.toFixed(unit && number < 100 ? 1 : 0) + ' ' + units[unit];
}

function seconds(number) {
  if (number === null || number === undefined) return '-';
  if (number < 120) return number.toFixed(number < 10 ? 1 : 0) + ' s';
  return number < 7200 ? Math.round(number / 60) + ' min' : (number / 3600).toFixed(1) + ' h';
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function keep(list, value) {
  list.push(value);
  if (list.length > KEPT) list.shift();
}

/** A line of the values, newest at the right; its highest value is at the top. */
function plot(svg, values, label) {
  const width = 600;
  const height = 100;
  const top = Math.max(1e-9, ...values.filter((v) => v !== null));
  const points = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const x = width - (values.length - 1 - i) * (width / (KEPT - 1));
    points.push(x.toFixed(1) + ',' + (height - 4 - (value / top) * (height - 12)).toFixed(1));
  });
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.replaceChildren(
    shape('line', { x1: 0, x2: width, y1: height - 4, y2: height - 4, class: 'grid' }),
    shape('polyline', { points: points.join(' '), class: 'plot' }));
}

function written(table) {
  return table.copy.written + table.stream.written;
}

function show(status) {
  heard = Date.now();
  document.body.classList.remove('lost');
  $('login').hidden = true;
  put('id', status.id);
  put('version', status.version);
  const health = $('health');
  put('health', status.stopping ? 'stopping' : status.healthy ? 'healthy' : 'unhealthy');
  health.className = status.healthy ? 'good' : 'bad';
  $('problems').replaceChildren(...status.problems.map((p) => element('li', '', p)));

  const elapsed = before ? (Date.parse(status.now) - Date.parse(before.now)) / 1000 : 0;
  const rates = new Map();
  for (const table of status.tables) {
    const last = before && before.tables.find((t) => t.name === table.name);
    rates.set(table.name, last && elapsed > 0 ? (written(table) - written(last)) / elapsed : 0);
  }
  const rate = [...rates.values()].reduce((a, b) => a + b, 0);
  const lags = status.tables.map((t) => t.lag_seconds).filter((l) => l !== null);
  const lag = lags.length ? Math.max(...lags) : null;
  put('copied', count(status.tables.reduce((sum, t) => sum + t.copy.written, 0)));
  put('changes', count(status.tables.reduce((sum, t) => sum + t.stream.written, 0)));
  put('rate', count(Math.round(rate)));
  put('lag', seconds(lag));
  put('memory', bytes(status.memory_held_bytes));
  keep(history.rate, rate);
  keep(history.lag, lag);
  put('rate-top', count(Math.round(Math.max(...history.rate))));
  const behind = history.lag.filter((value) => value !== null);
  put('lag-top', seconds(behind.length ? Math.max(...behind) : null));
  plot($('rate-chart'), history.rate, `Written a second, now ${Math.round(rate)}`);
  plot($('lag-chart'), history.lag, `Seconds behind, now ${seconds(lag)}`);

  for (const table of status.tables) showTable(table, rates.get(table.name));
  for (const [name, row] of tables) {
    if (!status.tables.some((t) => t.name === name)) {
      row.root.remove();
      row.option.remove();
      tables.delete(name);
    }
  }
  before = status;
}

function makeRow(name) {
  const row = {
    root: element('article', 'table'),
    line: element('div', 'row'),
    state: element('span'),
    bar: element('progress', 'bar'),
    rate: element('span', 'number soft'),
    spark: shape('svg', { class: 'spark' }),
    toggle: element('button'),
    failure: element('p', 'failure'),
    details: element('details'),
    summary: element('summary'),
    tree: element('div', 'tree'),
    option: element('option', '', name),
    lags: [],
  };
  row.bar.max = 1;
  row.bar.setAttribute('aria-label', 'progress of ' + name);
  row.toggle.type = 'button';
  row.failure.hidden = true;
  row.option.value = name;
  row.toggle.addEventListener('click', () =>
    tell(row.paused ? 'resume' : 'pause', { table: name }));
  row.line.append(element('span', 'name', name), row.state, row.bar, row.rate, row.spark, row.toggle);
  row.details.append(row.summary, row.tree);
  row.root.append(row.line, row.failure, row.details);
  $('tables').append(row.root);
  $('limit-table').append(row.option);
  return row;
}

function showTable(table, rate) {
  let row = tables.get(table.name);
  if (!row) {
    row = makeRow(table.name);
    tables.set(table.name, row);
  }
  row.paused = table.paused;
  row.state.textContent = table.paused ? 'paused' : table.state;
  row.state.className = 'state-' + (table.paused ? 'paused' : table.state);
  row.bar.value = table.progress;
  row.bar.title = `${count(table.copy.written)} of about ${count(table.approximate_items || 0)}`;
  row.rate.textContent = `${count(Math.round(rate))}/s`;
  keep(row.lags, table.lag_seconds);
  plot(row.spark, row.lags, `${table.name} is behind by ${seconds(table.lag_seconds)}`);
  row.toggle.textContent = table.paused ? 'Resume' : 'Pause';
  row.toggle.setAttribute('aria-label', `${row.toggle.textContent} ${table.name}`);
  row.failure.hidden = !table.failure;
  row.failure.textContent = table.failure || '';
  const running = table.splits.filter((s) => s.state === 'running').length;
  row.summary.textContent =
    `${count(table.copy.written)} copied, ${count(table.stream.written)} changes, ` +
    `behind ${seconds(table.lag_seconds)}, ${table.retries + table.throttles} retries, ` +
    `${running} of ${table.splits.length} splits running`;
  if (row.details.open) drawTree(row.tree, table.splits);
}

/** Segments in a column, shards by descent from left to right, coloured by state. */
function drawTree(holder, splits) {
  const byId = new Map(splits.map((s) => [s.id, s]));
  const depth = new Map();
  const depthOf = (split, seen) => {
    if (depth.has(split.id)) return depth.get(split.id);
    if (seen.has(split.id)) return 0;
    seen.add(split.id);
    const parents = split.parents.map((p) => byId.get(p)).filter(Boolean);
    const own = parents.length ? 1 + Math.max(...parents.map((p) => depthOf(p, seen))) : 0;
    depth.set(split.id, own);
    return own;
  };
  const rows = new Map();
  const places = new Map();
  let width = 0;
  for (const split of splits) {
    const column = depthOf(split, new Set());
    const line = rows.get(column) || 0;
    rows.set(column, line + 1);
    places.set(split.id, { x: 12 + column * 260, y: 14 + line * 22 });
    width = Math.max(width, 270 + column * 260);
  }
  const height = 10 + 22 * Math.max(1, ...rows.values());
  const svg = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' });
  svg.setAttribute('aria-label', 'splits and their parents');
  for (const split of splits) {
    const to = places.get(split.id);
    for (const parent of split.parents) {
      const from = places.get(parent);
      if (from) {
        svg.append(shape('path', { class: 'link', d:
          `M${from.x},${from.y} C${from.x + 130},${from.y} ${to.x - 130},${to.y} ${to.x},${to.y}` }));
      }
    }
  }
  for (const split of splits) {
    const place = places.get(split.id);
    const node = shape('circle', { cx: place.x, cy: place.y, r: 6, class: 'node-' + split.state });
    const title = shape('title', {});
    title.textContent = `${split.id}\n${split.state}, at ${split.position}`;
    node.append(title);
    const text = shape('text', { x: place.x + 12, y: place.y + 4 });
    text.textContent = `${split.id.length > 26 ? '..' + split.id.slice(-24) : split.id} ${split.state}`;
    svg.append(node, text);
  }
  holder.replaceChildren(svg);
}

function headers(more) {
  const token = sessionStorage.getItem('token');
  return token ? { ...more, Authorization: 'Bearer ' + token } : more || {};
}

async function tell(what, body) {
  try {
    const answer = await fetch('api/v1/' + what, {
      method: 'POST',
      headers: headers({ 'Content-Type': 'application/json' }),
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    put('told', answer.ok ? `${what}: ${JSON.parse(text).tables.join(', ') || 'no table'}` : text);
  } catch (e) {
    put('told', what + ' failed: ' + e.message);
  }
}

/** Reads the events by hand, as EventSource cannot show a token. */
async function listen() {
  const answer = await fetch('api/v1/events', { headers: headers(), cache: 'no-store' });
  if (answer.status === 401) {
    $('login').hidden = false;
    throw new Error('a token is needed');
  }
  if (!answer.ok) throw new Error('answer ' + answer.status);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error('the connection ended');
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      if (event.startsWith('data: ')) show(JSON.parse(event.slice(6)));
    }
  }
}

async function listenForEver() {
  for (;;) {
    try {
      await listen();
    } catch (e) {
      lost(e.message);
    }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}

function lost(why) {
  const since = heard ? ' since ' + new Date(heard).toLocaleTimeString() : '';
  put('health', `no connection to the process${since}: ${why}`);
  $('health').className = 'bad';
  document.body.classList.add('lost');
}

setInterval(() => {
  if (heard && Date.now() - heard > LOST_AFTER_MILLIS) lost('no news');
}, 1000);
$('pause').addEventListener('click', () => tell('pause', {}));
$('resume').addEventListener('click', () => tell('resume', {}));
$('limits').addEventListener('submit', (event) => {
  event.preventDefault();
  const body = { [$('limit-name').value]: Number($('limit-value').value) };
  if ($('limit-table').value) body.table = $('limit-table').value;
  tell('limits', body);
});
$('login').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', $('token').value);
  $('token').value = '';
});
listenForEver();

// Shows the state that /api/v1/events sends about once a second, and sends the requests of the
// buttons. What comes from the process is only ever put on the page as text.

import { Chart, DURATION, PER_SECOND, span } from './charts.js';
import { CutOver } from './cutover.js';
import { $, clock, count, element, nouns, put, putCut, rate, seconds, words } from './format.js';
import { CHIPS, Row, limitsForm } from './row.js';
import { showSummary } from './summary.js';

const LOST_AFTER_MILLIS = 5000;
const POINTS = { 2: 450, 15: 240, 120: 720 };
const SPLITS_EVERY_MILLIS = 2000;
/** Kinds of errors that matter when they are over, too. */
const LOSSES = ['rejected', 'gap'];

const rows = new Map();
let status = null;
let heard = 0;
let splitsAt = 0;

// --- requests ------------------------------------------------------------------------------------

const tokenNow = () => sessionStorage.getItem('token');

function headers(more) {
  const token = tokenNow();
  return token ? { ...more, Authorization: 'Bearer ' + token } : more || {};
}

async function ask(path) {
  const token = tokenNow();
  const answer = await fetch('api/v1/' + path, { headers: headers(), cache: 'no-store' });
  if (answer.status === 401) {
    // The answer says nothing of a token that was entered meanwhile.
    if (tokenNow() === token) lock();
    throw new Error('a token is needed');
  }
  if (!answer.ok) throw new Error('it answers with status ' + answer.status);
  return answer;
}

/** Shows nothing but the field for the token. */
function lock() {
  if (tokenNow()) put($('refused'), 'This token is not the right one.');
  sessionStorage.removeItem('token');
  document.body.className = 'locked';
  if ($('login').hidden) {
    $('login').hidden = false;
    $('token').focus();
  }
}

/** Sends a change. The answer is an object, with `error` if it was refused. */
async function post(what, body) {
  const answer = await fetch('api/v1/' + what, {
    method: 'POST',
    headers: headers({ 'Content-Type': 'application/json' }),
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function tell(what, body) {
  try {
    const { tables, error } = await post(what, body);
    const done = { pause: 'paused', resume: 'resumed', limits: 'limits changed' }[what];
    put($('told'), error ?? `${done}: ${body.table ?? nouns(tables.length, 'table')}`);
  } catch (e) {
    put($('told'), `${what} failed: ${e.message}`);
  }
}

async function fetchSplits(name) {
  try {
    return (await (await ask('splits?table=' + encodeURIComponent(name))).json()).splits;
  } catch (e) {
    return null; // if the process does not answer, the reader of the events says so
  }
}

// --- over time -----------------------------------------------------------------------------------

const chosen = { step: 2, table: '' };
let series = emptySeries();

function emptySeries() {
  return { millis: [], copy: [], stream: [], lag: [] };
}

function last(values) {
  return values.length ? values[values.length - 1] : null;
}

/** What the charts show now: the same numbers as the rest of the page. */
function shownNow() {
  const table = status.tables.find((t) => t.name === chosen.table);
  return table
    ? { copy: table.copy.rate, stream: table.stream.rate, lag: table.lag_seconds }
    : { copy: status.totals.copy_rate, stream: status.totals.stream_rate, lag: status.totals.lag_seconds };
}

function shownAt(i) {
  return { copy: series.copy[i] || 0, stream: series.stream[i] || 0, lag: series.lag[i] };
}

/** Words for a point of a chart, or for now. */
function reader(words_) {
  return (at) => !status ? ''
    : at === null ? 'now: ' + words_(shownNow())
    : `${clock(series.millis[at], true)}: ` + words_(shownAt(at));
}

const rateChart = new Chart($('rate-chart'), $('rate-at'), PER_SECOND,
  reader(({ copy, stream }) => `copy ${rate(copy)}/s, stream ${rate(stream)}/s`));
const lagChart = new Chart($('lag-chart'), $('lag-at'), DURATION,
  reader(({ lag }) => lag === null ? 'no stream is followed' : seconds(lag)));

function drawCharts() {
  const { millis, copy, stream, lag } = series;
  const { step } = chosen;
  const points = span(millis, POINTS[step]);
  rateChart.show({ millis, series: [copy, stream], names: ['copy', 'stream'], stacked: true, step, points });
  lagChart.show({ millis, series: [lag], names: ['lag'], limit: status?.max_lag_seconds, step, points });
}

let asking = false;

/** Asks for the points since the last one. The choice may change before the answer is here. */
async function updateHistory() {
  const { step, table } = chosen;
  const from = last(series.millis) || 0;
  if (asking || Date.now() - from < step * 1000) return;
  asking = true;
  try {
    const lags = step === 2 ? '&lags=1' : '';
    const found = await (await ask(
      `history?step=${step}&after=${from}${lags}&table=${encodeURIComponent(table)}`)).json();
    if (step !== chosen.step || table !== chosen.table) return;
    for (const name of ['millis', 'copy', 'stream', 'lag']) {
      series[name].push(...found[name]);
      series[name].splice(0, Math.max(0, series[name].length - POINTS[step]));
    }
    if (from === 0 && lags) rows.forEach((row) => { row.lags = []; });
    for (const [name, values] of Object.entries(found.tables || {})) {
      rows.get(name)?.addLags(values, POINTS[2]);
    }
    drawCharts();
  } catch (e) {
    // If the process does not answer, the reader of the events says so.
  } finally {
    asking = false;
  }
}

function choose(change) {
  Object.assign(chosen, change);
  series = emptySeries();
  drawCharts();
  updateHistory();
}

// --- now -----------------------------------------------------------------------------------------

function show(next) {
  if (status && status.started !== next.started) series = emptySeries(); // another process
  status = next;
  heard = Date.now();
  document.body.className = '';
  $('lost').hidden = true;
  $('login').hidden = true;
  showSummary(status);
  showTables();
  showErrors();
  updateHistory();
  cutOver.update(status);
  if (Date.now() - splitsAt > SPLITS_EVERY_MILLIS) {
    splitsAt = Date.now();
    rows.forEach((row) => row.showSplits());
  }
}

function showTables() {
  for (const table of status.tables) {
    let row = rows.get(table.name);
    if (!row) {
      row = new Row(table.name, tell, fetchSplits);
      rows.set(table.name, row);
      $('rows').append(row.root);
      const option = element('option', '', table.name);
      option.value = table.name;
      $('chart-table').append(option);
    }
    row.show(table, status.dead_letter_file);
  }
  for (const [name, row] of rows) {
    if (!status.tables.some((t) => t.name === name)) {
      row.root.remove();
      rows.delete(name);
    }
  }
  const open = status.tables.filter((t) => t.state !== 'failed' && t.state !== 'done');
  offer($('resume'), open.some((t) => t.paused), $('pause'));
  offer($('pause'), open.some((t) => !t.paused), $('resume'));
  showStates();
  filterRows();
  const common = {};
  for (const name of ['copy_calls', 'stream_calls', 'copy_capacity']) {
    const values = new Set(status.tables.map((t) => t.limits[name]));
    common[name] = values.size === 1 ? [...values][0] : 0;
  }
  limitsOfAll.show(common);
}

/** How many tables are in each state. Each one is a button that shows only these. */
function showStates() {
  put($('table-count'), status.totals.tables ? count(status.totals.tables) : '');
  const states = Object.keys(CHIPS).filter((state) => status.totals.states[state]);
  for (const state of Object.keys(CHIPS)) {
    let button = $('states').querySelector(`[data-state=${state}]`);
    if (!states.includes(state)) {
      button?.remove();
      continue;
    }
    if (!button) {
      button = element('button', 'chip ' + CHIPS[state]);
      button.type = 'button';
      button.dataset.state = state;
      button.addEventListener('click', () => {
        $('filter').value = $('filter').value === words(state) ? '' : words(state);
        filterRows();
      });
      $('states').append(button);
    }
    put(button, `${count(status.totals.states[state])} ${words(state)}`);
  }
}

/** Shows a button only if it does something. One that is hidden gives the focus to another. */
function offer(button, useful, other) {
  const focused = document.activeElement === button;
  button.hidden = !useful;
  if (!useful && focused) {
    other.hidden = false;
    other.focus();
  }
}

function filterRows() {
  const wanted = $('filter').value.trim().toLowerCase();
  for (const table of status ? status.tables : []) {
    rows.get(table.name).root.hidden =
      wanted !== '' && !table.name.toLowerCase().includes(wanted) && words(table.state) !== wanted;
  }
  for (const button of $('states').children) {
    button.setAttribute('aria-pressed', String(words(button.dataset.state) === wanted));
  }
}

function showErrors() {
  const key = JSON.stringify(status.errors);
  const list = $('error-list');
  if (list.dataset.now === key) return;
  list.dataset.now = key;
  list.replaceChildren(...status.errors.map((error) => {
    const line = element('li');
    const table = element('span', 'table');
    putCut(table, error.table || 'all tables');
    const times = error.times > 1 ? `${count(error.times)} times` : '';
    line.append(
      element('span', 'soft', clock(error.last, true)),
      table,
      element('span', 'chip ' + (error.over && !LOSSES.includes(error.kind) ? '' : 'warn'), error.kind),
      element('span', 'message', `${error.activity}: ${error.message}`),
      element('span', 'times soft', [times, error.over ? '' : 'still failing'].filter(Boolean).join(', ')));
    return line;
  }));
  if (!status.errors.length) {
    list.append(element('li', 'nothing', 'There were no errors since the process began.'));
  }
}

$('config').addEventListener('toggle', async () => {
  if (!$('config').open) return;
  try {
    const { effective } = await (await ask('config')).json();
    $('config-list').replaceChildren(...effective.map((line) => element('li', '', line)));
  } catch (e) {
    $('config-list').replaceChildren(element('li', '', e.message));
  }
});

// --- the connection ------------------------------------------------------------------------------

/** Reads the events with fetch, as EventSource cannot send a token. */
async function listen() {
  const answer = await ask('events');
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

/** Ends the pause before the next try. */
let again = () => {};

async function listenForEver() {
  for (;;) {
    try {
      await listen();
    } catch (e) {
      lost(e.message);
    }
    await new Promise((wake) => {
      again = wake;
      setTimeout(wake, 1000);
    });
  }
}

function lost(why) {
  if (!$('login').hidden) return;
  if (cutOver.isStored()) {
    put($('health'), 'ended: ' + cutOver.outcome());
    $('health').className = 'good';
    document.title = cutOver.outcome() + ' · nimo-shake';
    return;
  }
  put($('lost'), heard
    ? `nimo-shake has not answered since ${clock(heard, true)} (${why}). The page shows the state of that time.`
    : `nimo-shake does not answer: ${why}`);
  $('lost').hidden = false;
  put($('health'), 'no answer');
  $('health').className = 'bad';
  document.body.className = heard ? 'lost' : 'connecting';
  document.title = 'no answer · nimo-shake';
}

setInterval(() => {
  if (heard && Date.now() - heard > LOST_AFTER_MILLIS) lost('no event was received');
}, 1000);

// --- controls ------------------------------------------------------------------------------------

const cutOver = new CutOver(async (path) => (await ask(path)).json(), post);
const limitsOfAll = limitsForm('limits of all tables', (changes) => tell('limits', changes));
$('limits-of-all').append(limitsOfAll.form);
$('limit-all').addEventListener('click', () => {
  const holder = $('limits-of-all');
  holder.hidden = !holder.hidden;
  $('limit-all').setAttribute('aria-expanded', String(!holder.hidden));
  if (!holder.hidden) holder.querySelector('input').focus();
});
$('pause').addEventListener('click', () => tell('pause', {}));
$('resume').addEventListener('click', () => tell('resume', {}));
$('filter').addEventListener('input', filterRows);
$('chart-table').addEventListener('change', (event) => choose({ table: event.target.value }));
$('ranges').addEventListener('change', (event) => choose({ step: Number(event.target.value) }));
$('login').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', $('token').value);
  $('token').value = '';
  put($('refused'), '');
  again();
});
drawCharts();
listenForEver();

// Shows the state that /api/v1/events sends about once a second, and sends the requests of the
// buttons. What comes from the process is only ever put on the page as text.

import { Chart, span } from './charts.js';
import { bytes, clock, count, element, nouns, put, rate, seconds, words } from './format.js';
import { Row, limitsForm } from './row.js';

const LOST_AFTER_MILLIS = 5000;
const POINTS = { 2: 450, 15: 240, 120: 720 };
const SPLITS_EVERY_MILLIS = 2000;
const $ = (id) => document.getElementById(id);

const rows = new Map();
let status = null;
let heard = 0;
let splitsAt = 0;

// --- requests ------------------------------------------------------------------------------------

function headers(more) {
  const token = sessionStorage.getItem('token');
  return token ? { ...more, Authorization: 'Bearer ' + token } : more || {};
}

async function ask(path) {
  const answer = await fetch('api/v1/' + path, { headers: headers(), cache: 'no-store' });
  if (answer.status === 401) {
    $('login').hidden = false;
    throw new Error('a token is needed');
  }
  if (!answer.ok) throw new Error('it answers with status ' + answer.status);
  return answer;
}

async function tell(what, body) {
  try {
    const answer = await fetch('api/v1/' + what, {
      method: 'POST',
      headers: headers({ 'Content-Type': 'application/json' }),
      body: JSON.stringify(body),
    });
    const { tables, error } = await answer.json();
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

const rateChart = new Chart($('rate-chart'), $('rate-at'),
  reader(({ copy, stream }) => `copy ${rate(copy)}/s, stream ${rate(stream)}/s`));
const lagChart = new Chart($('lag-chart'), $('lag-at'), reader(({ lag }) => seconds(lag)));

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
  document.body.classList.remove('lost');
  $('lost').hidden = true;
  $('login').hidden = true;
  showHead();
  showTotals();
  showTables();
  showErrors();
  updateHistory();
  if (Date.now() - splitsAt > SPLITS_EVERY_MILLIS) {
    splitsAt = Date.now();
    rows.forEach((row) => row.showSplits());
  }
}

function showHead() {
  put($('id'), status.id);
  put($('version'), status.version);
  const health = $('health');
  const passing = status.stopping ? 'stopping' : status.tables.length ? '' : 'starting';
  put(health, status.healthy && passing ? passing : status.health);
  health.className = !status.healthy ? 'bad' : passing || status.health === 'retrying' ? 'warn' : 'good';
  const parts = Object.entries(status.totals.states)
    .map(([state, number]) => `${count(number)} ${words(state)}`);
  const up = (Date.parse(status.now) - Date.parse(status.started)) / 1000;
  put($('summary'), [`${nouns(status.totals.tables, 'table')}: ${parts.join(', ')}`,
    `up ${seconds(up, 0)}`].join(' · '));
  const problems = [...status.problems, '', ...status.retrying].join('\n');
  if ($('problems').dataset.now !== problems) {
    $('problems').dataset.now = problems;
    $('problems').replaceChildren(...status.problems.map((p) => element('li', '', p)),
      ...status.retrying.map((r) => element('li', 'warn', r)));
  }
  document.title = `${status.healthy ? '' : '! '}${status.id} · nimo-shake`;
}

function showTotals() {
  const { totals, tables } = status;
  put($('copied'), count(totals.copied));
  put($('copied-more'), status.copied ? 'every table is copied'
    : totals.failed_tables && totals.copied_tables + totals.failed_tables === totals.tables
      ? `${count(totals.copied_tables)} of ${nouns(totals.tables, 'table')} copied, ${count(totals.failed_tables)} failed`
      : `of about ${count(totals.items)}` +
        (totals.seconds_left === undefined ? '' : `, ${seconds(totals.seconds_left, 0)} left`));
  put($('changes'), count(totals.changes));
  put($('changes-more'),
    count(tables.reduce((sum, t) => sum + t.stream.coalesced, 0)) + ' more merged into later ones');
  put($('rate'), rate(totals.copy_rate + totals.stream_rate) + '/s');
  put($('rate-more'), `copy ${rate(totals.copy_rate)}, stream ${rate(totals.stream_rate)}`);
  const behind = totals.lag_seconds;
  put($('lag'), seconds(behind));
  put($('lag-more'), totals.lag_table ?? 'no changes yet');
  $('lag').className = status.max_lag_seconds !== null && behind > status.max_lag_seconds ? 'bad' : '';
  put($('headroom'), seconds(totals.headroom_seconds));
  put($('memory'), bytes(status.memory_held_bytes));
  put($('memory-more'), `${count(status.checkpoint_saves)} checkpoints saved`);
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
    row.show(table);
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
  filterRows();
  const common = {};
  for (const name of ['copy_calls', 'stream_calls', 'copy_capacity']) {
    const values = new Set(status.tables.map((t) => t.limits[name]));
    common[name] = values.size === 1 ? [...values][0] : 0;
  }
  limitsOfAll.show(common);
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
}

function showErrors() {
  const key = JSON.stringify(status.errors);
  const list = $('error-list');
  if (list.dataset.now === key) return;
  list.dataset.now = key;
  list.replaceChildren(...status.errors.map((error) => {
    const line = element('li');
    const times = error.times > 1 ? `${count(error.times)} times` : '';
    line.append(
      element('span', 'soft', clock(error.last, true)),
      element('span', '', error.table || 'all tables'),
      element('span', 'chip ' + (error.over ? '' : 'bad'), error.kind),
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
  if (!$('login').hidden) return;
  put($('lost'), heard
    ? `nimo-shake has not answered since ${clock(heard, true)} (${why}). The page shows the state of that time.`
    : `nimo-shake does not answer: ${why}`);
  $('lost').hidden = false;
  put($('health'), 'no answer');
  $('health').className = 'bad';
  document.body.classList.add('lost');
  document.title = 'no answer · nimo-shake';
}

setInterval(() => {
  if (heard && Date.now() - heard > LOST_AFTER_MILLIS) lost('no event was received');
}, 1000);

// --- controls ------------------------------------------------------------------------------------

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
});
listenForEver();

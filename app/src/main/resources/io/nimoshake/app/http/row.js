// One table: its row, and the details below it.

import { spark } from './charts.js';
import { bytes, count, element, nouns, put, putCut, rate, seconds, shape, words } from './format.js';
import { drawSegments, drawShards } from './tree.js';

export const CHIPS = {
  copying: 'info', finishing: 'info', swapping: 'info', backfilling: 'info', preparing: 'info', stopping: 'info',
  following: 'info', caught_up: 'good', done: 'good', retrying: 'warn',
  failed: 'bad', paused: 'warn', waiting: '',
};
const LIMITS = [
  ['copy_calls', 'Scan calls a second'],
  ['stream_calls', 'GetRecords calls a second'],
  ['copy_capacity', 'Read capacity units a second'],
];

/** A form with the three limits that hold now. `apply` gets those that the user has changed. */
export function limitsForm(title, apply) {
  const form = element('form', 'limits');
  const inputs = LIMITS.map(([name, label]) => {
    const input = element('input');
    Object.assign(input, { type: 'number', min: 0, step: 'any', name, placeholder: 'no limit' });
    const holder = element('label', '', label);
    holder.append(input);
    form.append(holder);
    return input;
  });
  form.setAttribute('aria-label', title);
  form.append(element('button', '', 'Apply'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const changes = {};
    for (const input of inputs) {
      const now = input.value === '' ? 0 : Number(input.value);
      if (input.value !== input.dataset.now) changes[input.name] = now;
    }
    if (Object.keys(changes).length) apply(changes);
  });
  return {
    form,
    /** Shows the limits. A field in which the user types is left alone. */
    show(limits) {
      for (const input of inputs) {
        const text = limits[input.name] ? String(limits[input.name]) : '';
        const typed = input.value !== (input.dataset.now ?? '');
        input.dataset.now = text;
        if (!typed) input.value = text;
      }
    },
  };
}

/** Whether an earlier run had copied all of it. */
function isCopiedBefore({ resumed, copy }) {
  return resumed && resumed.segments_done === resumed.segments && !copy.written;
}

/** How far the copy of a table is, in words. */
function copyWords(table) {
  if (table.awaits) return `waiting for ${table.awaits}`;
  if (table.progress === 0 && table.state !== 'copying') return 'not begun';
  return `${Math.floor(table.progress * 100)} %` +
    (table.seconds_left === undefined ? '' : `, ${seconds(table.seconds_left, 0)} left`);
}

/** How a table follows its stream, in words. */
function lagWords(table, lags) {
  if (table.lag_seconds === null) return table.state === 'done' ? 'nothing left to do' : '';
  const most = Math.max(...lags.filter((lag) => lag !== null));
  return most > 0 ? `max ${seconds(most)}` : most === 0 ? 'caught up' : '';
}

function resumedWords({ resumed, progress, backfill }) {
  if (backfill) return `${backfill.progress}, because ${backfill.cause}`;
  return resumed && progress < 1
    ? `resumed: ${resumed.segments_done} segments of ${resumed.segments} done` : '';
}

export class Row {
  constructor(name, tell, fetchSplits) {
    this.name = name;
    this.fetchSplits = fetchSplits;
    this.lags = [];
    this.root = element('article');
    this.root.setAttribute('aria-label', name);
    this.open = element('button', 'name');
    this.open.type = 'button';
    this.open.setAttribute('aria-expanded', 'false');
    const label = element('span');
    putCut(label, name);
    this.open.append(label);
    this.chip = element('span', 'chip');
    const chipCell = element('span', 'chip-cell');
    chipCell.append(this.chip);
    this.bar = element('progress');
    this.bar.max = 1;
    this.bar.setAttribute('aria-label', 'copy of ' + name);
    this.spark = shape('svg', { class: 'spark' });
    this.words = element('small');
    this.resumed = element('small', 'resumed');
    this.progress = element('div', 'progress');
    this.progress.append(this.bar, this.spark, this.words, this.resumed);
    this.copied = element('span', 'copied right');
    this.changes = element('span', 'changes right');
    this.rate = element('span', 'rate right');
    this.lag = element('span', 'lag right');
    this.errors = element('span', 'errors right');
    this.toggle = element('button', 'toggle');
    this.toggle.type = 'button';
    this.toggle.addEventListener('click', () =>
      tell(this.table.paused ? 'resume' : 'pause', { table: name }));
    this.failure = element('p', 'note bad');
    this.rejected = element('p', 'note warn');
    const row = element('div', 'row');
    row.append(this.open, chipCell, this.progress, this.copied, this.changes, this.rate, this.lag,
      this.errors, this.toggle);
    this.panel = this.makePanel((changes) => tell('limits', { table: name, ...changes }));
    this.open.addEventListener('click', () => this.unfold());
    this.root.append(row, this.failure, this.rejected, this.panel);
  }

  makePanel(applyLimits) {
    const panel = element('div', 'panel');
    panel.hidden = true;
    this.shardTitle = element('h3');
    this.tree = element('div', 'tree');
    this.about = element('p', 'about', 'Point at a shard, or use the arrow keys, to see how far it is read.');
    this.shards = element('div');
    this.shards.append(this.shardTitle, this.tree, this.about);
    this.segmentTitle = element('h3');
    this.segments = element('div', 'segments');
    const segments = element('div');
    segments.append(this.segmentTitle, this.segments);
    this.limits = limitsForm('limits of ' + this.name, applyLimits);
    const limits = element('div');
    limits.append(element('h3', '', 'Limits, until the process ends'), this.limits.form);
    this.numbers = element('dl', 'numbers');
    const numbers = element('div');
    numbers.append(element('h3', '', 'Since the process began'), this.numbers);
    const left = element('div');
    left.append(this.shards, segments, numbers);
    panel.append(left, limits);
    return panel;
  }

  async unfold() {
    this.panel.hidden = !this.panel.hidden;
    this.open.setAttribute('aria-expanded', String(!this.panel.hidden));
    await this.showSplits();
  }

  /** `deadLetters` is the file of rejected items, or null. */
  show(table, deadLetters) {
    this.table = table;
    put(this.chip, words(table.state));
    this.chip.className = 'chip ' + (CHIPS[table.state] ?? '');
    this.showProgress();
    put(this.copied, isCopiedBefore(table) ? 'before' : count(table.copy.written));
    this.copied.title = isCopiedBefore(table) ? 'copied by an earlier run' : '';
    put(this.changes, count(table.stream.written));
    put(this.rate, rate(table.copy.rate + table.stream.rate) + '/s');
    put(this.lag, seconds(table.lag_seconds));
    const trouble = table.retries + table.throttles + table.rejected;
    put(this.errors, trouble ? count(trouble) : '-');
    this.errors.classList.toggle('none', !trouble);
    this.errors.title =
      [nouns(table.retries, 'failed call'), nouns(table.throttles, 'throttled call'),
      nouns(table.rejected, 'rejected item')].join(', ');
    put(this.toggle, table.paused ? 'Resume' : 'Pause');
    this.toggle.setAttribute('aria-label', `${this.toggle.textContent} ${this.name}`);
    this.toggle.disabled = table.state === 'failed' || table.state === 'done';
    put(this.failure, table.failure || '');
    put(this.rejected, table.rejected && deadLetters
      ? `${nouns(table.rejected, 'rejected item')} left out, see ${deadLetters}` : '');
    this.limits.show(table.limits);
    if (!this.panel.hidden) this.showNumbers();
  }

  /** The copy while it runs; then how the table follows its stream. */
  showProgress() {
    const copied = this.table.progress === 1;
    this.bar.value = this.table.progress;
    this.bar.toggleAttribute('hidden', copied);
    this.bar.classList.toggle('failed', this.table.state === 'failed');
    this.spark.toggleAttribute('hidden', !copied);
    put(this.words, copied ? lagWords(this.table, this.lags) : copyWords(this.table));
    put(this.resumed, resumedWords(this.table));
  }

  showNumbers() {
    const { items, copy, stream, retries, throttles, rejected, headroom_seconds: headroom } = this.table;
    const numbers = [
      ['items to copy', count(items)],
      ['items read', count(copy.read)],
      ['records read', count(stream.read)],
      ['written', bytes(copy.written_bytes + stream.written_bytes)],
      ['merged into later ones', count(stream.coalesced)],
      ['older than the copy', count(stream.skipped)],
      ['failed calls', count(retries)],
      ['throttled calls', count(throttles)],
      ['rejected items', count(rejected)],
      ['headroom', seconds(headroom)],
    ];
    this.numbers.replaceChildren(...numbers.map(([name, value]) => {
      const pair = element('div');
      pair.append(element('dt', '', name), element('dd', '', value));
      return pair;
    }));
  }

  /** Asks for the segments and shards, if they can be seen. */
  async showSplits() {
    if (this.panel.hidden || !this.table) return;
    this.showNumbers();
    const splits = await this.fetchSplits(this.name);
    if (!splits || this.panel.hidden) return;
    const shards = splits.filter((s) => s.kind === 'shard');
    const segments = splits.filter((s) => s.kind === 'segment');
    const title = (element_, name, counts) => element_.replaceChildren(element('b', '', name),
      ...['running', 'waiting', 'done'].map((s) => element('span', 'state ' + s, `${count(counts[s])} ${s}`)));
    this.shards.hidden = !shards.length;
    title(this.shardTitle, 'Shards of the stream', this.table.shards);
    drawShards(this.tree, this.about, shards, Date.now());
    title(this.segmentTitle, 'Segments of the copy', this.table.segments);
    drawSegments(this.segments, segments);
    this.segments.parentElement.hidden = !segments.length;
  }

  addLags(lags, kept) {
    this.lags.push(...lags);
    this.lags.splice(0, Math.max(0, this.lags.length - kept));
    spark(this.spark, this.lags, kept, `recent lag of ${this.name}`);
    if (this.table) this.showProgress();
  }
}

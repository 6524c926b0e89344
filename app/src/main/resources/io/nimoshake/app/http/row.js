// One table: its row, and the details below it.

import { spark } from './charts.js';
import { bytes, count, element, nouns, put, rate, seconds, shape, words } from './format.js';
import { drawSegments, drawShards } from './tree.js';

const CHIPS = {
  copying: 'info', finishing: 'info', swapping: 'info', preparing: 'info', stopping: 'info',
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

/** How far the copy of a table is, in words. */
function copyWords(table) {
  const { resumed, items } = table;
  const copied = table.copy.written;
  if (table.progress === 0 && table.state !== 'copying') return 'not begun';
  const since = !resumed ? `${count(copied)} copied`
    : resumed.segments_done === resumed.segments && !copied ? 'copied by an earlier run'
    : `resumed: ${resumed.segments_done} segments of ${resumed.segments} done, ${count(copied)} copied since`;
  if (table.progress === 1) return `${since}, ${nouns(table.stream.written, 'change')}`;
  return `${Math.floor(table.progress * 100)} %, ${since}` + (items ? ` of about ${count(items)}` : '') +
    (table.seconds_left === undefined ? '' : `, ${seconds(table.seconds_left, 0)} left`);
}

export class Row {
  constructor(name, tell, fetchSplits) {
    this.name = name;
    this.fetchSplits = fetchSplits;
    this.lags = [];
    this.root = element('article');
    this.root.setAttribute('aria-label', name);
    this.row = element('div', 'row');
    this.open = element('button', 'name', name);
    this.open.type = 'button';
    this.open.setAttribute('aria-expanded', 'false');
    this.chip = element('span', 'chip');
    const chipCell = element('span', 'chip-cell');
    chipCell.append(this.chip);
    this.bar = element('progress');
    this.bar.max = 1;
    this.bar.setAttribute('aria-label', 'copy of ' + name);
    this.copied = element('small');
    const copy = element('div', 'copied');
    copy.append(this.bar, this.copied);
    this.rate = element('span', 'rate right');
    this.lag = element('span', 'lag right');
    this.spark = shape('svg', { class: 'spark' });
    this.errors = element('span', 'errors right');
    this.toggle = element('button', 'toggle');
    this.toggle.type = 'button';
    this.toggle.addEventListener('click', () =>
      tell(this.table.paused ? 'resume' : 'pause', { table: name }));
    this.failure = element('p', 'failure');
    this.failure.hidden = true;
    this.row.append(
      this.open, chipCell, copy, this.rate, this.lag, this.spark, this.errors, this.toggle);
    this.panel = this.makePanel((changes) => tell('limits', { table: name, ...changes }));
    this.open.addEventListener('click', () => this.unfold());
    this.root.append(this.row, this.failure, this.panel);
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
    limits.append(element('h3', '', 'Limits: they hold at once, until the process ends'), this.limits.form);
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

  show(table) {
    this.table = table;
    put(this.chip, words(table.state));
    this.chip.className = 'chip ' + (CHIPS[table.state] ?? '');
    this.bar.value = table.progress;
    put(this.copied, copyWords(table));
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
    this.failure.hidden = !table.failure;
    put(this.failure, table.failure || '');
    this.limits.show(table.limits);
    if (!this.panel.hidden) this.showNumbers();
  }

  showNumbers() {
    const { copy, stream, retries, throttles, rejected, headroom_seconds: headroom } = this.table;
    const numbers = [
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
    spark(this.spark, this.lags, kept, `${this.name} is ${this.lag.textContent} behind`);
  }
}

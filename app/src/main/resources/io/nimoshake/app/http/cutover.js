// The cut-over: its steps, what is known of both sides, and its buttons. What it shows is the state
// of the sync, so a cut-over that was begun on a command line is shown here, too.

import { $, clock, count, element, nouns, put, seconds } from './format.js';

const LINES_SHOWN = 6;
/** How often the state is asked for while no cut-over is under way. */
const IDLE_MILLIS = 3000;
/** Whoever began it here gets the comparison without another click. */
const BEGUN_HERE = 'cut-over-begun-here';

const CHIPS = { none: '', waiting: 'warn', drained: 'warn', recorded: 'good', stored: 'good' };
/** A sync that goes back returns: the same steps the other way. */
const isBack = (now) => now.direction === 'back';

const WORDS = { none: 'not begun', waiting: 'waiting', drained: 'everything has arrived',
  recorded: 'being recorded' };

/** At most a few lines, and how many are left out. */
function some(lines) {
  return lines.length <= LINES_SHOWN ? lines
    : [...lines.slice(0, LINES_SHOWN), `and ${count(lines.length - LINES_SHOWN)} more`];
}

function missingWords({ missing, late_write: late }) {
  const lines = missing.map(({ table, shard, reason }) =>
    [table && `table ${table}`, shard && `shard ${shard}`, reason].filter(Boolean).join(': '));
  return late ? [`still being written to: table ${late.table}, key ${late.key ?? 'not known'}, at ${late.created}`,
    ...lines] : lines;
}

function comparisonWords({ comparison, equal }) {
  if (comparison && !comparison.ended) return ['comparing both sides'];
  if (equal) return ['compared after everything had arrived: equal'];
  if (!comparison) return [];
  const at = clock(Date.parse(comparison.ended), true);
  return comparison.equal ? [`compared at ${at}: equal`]
    : [`compared at ${at}:`, ...comparison.lines];
}

/** The last checks of all tables, in a sentence. */
function checkWords(checks) {
  const made = checks.filter((c) => c.ended);
  if (!made.length) return 'Never checked: no table was compared with the other side yet.';
  const oldest = Math.max(...made.map((c) => c.age_seconds));
  const never = checks.filter((c) => !c.ended).map((c) => c.table);
  const unclean = made.filter((c) => c.in_the_way).map((c) => c.table);
  return `Last check: ${count(made.length)} of ${nouns(checks.length, 'table')}, ` +
    `the oldest ${seconds(oldest, 0)} ago` +
    (unclean.length ? `, with differences: ${some(unclean).join(', ')}` : ', equal') +
    (never.length ? `; never checked: ${some(never).join(', ')}` : '') + '.';
}

/** Each step: its name, its state (done, now or later), and what is to be said of it. */
function steps(now, source) {
  const begun = now.state !== 'none';
  const arrived = ['drained', 'recorded', 'stored'].includes(now.state);
  const stored = now.state === 'stored';
  const problems = (now.problems || []).map((p) => p.text);
  const state = (done, before) => done ? 'done' : before ? 'now' : 'later';
  return [
    ['Ready', state(begun || !problems.length, true),
      begun ? [] : problems.length ? problems : ['every table is followed']],
    ['Writers stopped', state(begun, !problems.length),
      begun ? [`nothing may be written to ${source} after ${now.freeze}`,
        ...(now.way_back ? ['with a way back'] : [])] : []],
    ['Everything has arrived', state(arrived, begun), begun && !arrived ? missingWords(now) : []],
    ['Both sides are equal', state(arrived && now.equal, arrived), comparisonWords(now)],
    ['Recorded', state(stored, arrived && now.equal), []],
  ];
}

export class CutOver {
  /** `ask` gets a path, `post` also sends a body; both give the answer as an object. */
  constructor(ask, post) {
    this.ask = ask;
    this.post = post;
    this.asking = false;
    this.now = null;
    $('cutover-begin').addEventListener('click', () => this.confirm('freeze'));
    $('cutover-finish').addEventListener('click', () => this.confirm('finish'));
    $('cutover-compare').addEventListener('click', () => this.send('compare', {}));
    $('cutover-abort').addEventListener('click', () => this.send('abort', {}));
    $('cutover-cancel').addEventListener('click', () => this.closeForm());
    $('cutover-form').addEventListener('submit', (event) => {
      event.preventDefault();
      if ($('cutover-yes').value.trim().toLowerCase() !== 'yes') {
        put($('cutover-told'), 'Type yes, or cancel.');
        return;
      }
      const what = this.confirming;
      this.closeForm();
      if (what === 'freeze') sessionStorage.setItem(BEGUN_HERE, 'yes');
      this.send(what, what === 'freeze' ? { way_back: $('cutover-way-back').checked }
        : { freeze: this.now.freeze });
    });
  }

  /** Whether the checkpoint says that the sync was cut over, so that it may have ended. */
  isStored() {
    return this.now?.state === 'stored';
  }

  /** What the cut-over, or the return, has made of the sync. */
  outcome() {
    return isBack(this.now) ? 'returned' : 'cut over';
  }

  /** Asks for the state, unless an answer is awaited. `status` is that of the sync. */
  async update(status) {
    this.status = status;
    const idle = this.now?.state === 'none' && Date.now() - this.askedAt < IDLE_MILLIS;
    if (this.asking || idle || this.isStored()) return;
    this.asking = true;
    this.askedAt = Date.now();
    try {
      this.show(await this.ask('cutover'));
    } catch (e) {
      // If the process does not answer, the reader of the events says so.
    } finally {
      this.asking = false;
    }
  }

  async send(what, body) {
    put($('cutover-told'), '');
    try {
      const answer = await this.post('cutover/' + what, body);
      if (answer.error) {
        put($('cutover-told'), answer.error);
      } else {
        this.show(answer);
        if (what === 'finish' && answer.state !== 'stored') {
          put($('cutover-told'), 'Something is missing: not recorded.');
        }
      }
    } catch (e) {
      put($('cutover-told'), `${what} failed: ${e.message}`);
    }
  }

  confirm(what) {
    this.confirming = what;
    const { source } = this.status;
    put($('cutover-question'), what === 'freeze'
      ? `Stop every application that writes to ${source} now. Does none write any more?`
      : `This records ${isBack(this.now) ? 'the return' : 'the cut-over'} and ends the sync. A sync from ${source} does not start again under this id. Go on?`);
    $('cutover-way-back').parentElement.hidden = what !== 'freeze' || isBack(this.now) || !this.status.target.startsWith('MongoDB');
    $('cutover-form').hidden = false;
    $('cutover-yes').value = '';
    $('cutover-yes').focus();
  }

  closeForm() {
    $('cutover-form').hidden = true;
    this.confirming = null;
    put($('cutover-told'), '');
  }

  show(now) {
    const stored = this.isStored();
    if (stored && now.state !== 'stored') return; // an answer that was under way
    this.now = now;
    $('cutover').hidden = !now.checks?.length;
    put($('cutover-title'), isBack(now) ? 'Return' : 'Cut-over');
    put($('cutover-state'), now.state === 'stored' ? this.outcome() : WORDS[now.state]);
    $('cutover-state').className = 'chip ' + CHIPS[now.state];
    const list = steps(now, this.status.source);
    $('cutover-steps').replaceChildren(...list.map(([name, state, lines]) => {
      const step = element('li', state);
      step.append(element('b', '', name), ...some(lines).map((line) => element('span', '', line)));
      return step;
    }));
    put($('cutover-checks'), checkWords(now.checks || []));
    const comparing = now.comparison && !now.comparison.ended;
    const none = now.state === 'none';
    const drained = now.state === 'drained';
    $('cutover-begin').hidden = !none;
    $('cutover-begin').disabled = Boolean(now.problems?.length);
    $('cutover-compare').hidden = !none && !drained;
    $('cutover-compare').disabled = Boolean(comparing);
    $('cutover-abort').hidden = !drained && now.state !== 'waiting';
    $('cutover-finish').hidden = !(drained && now.equal);
    const counts = now.comparison?.counts && now.comparison.ended;
    if (none || now.state === 'waiting') this.compared = false;
    if (drained && !now.equal && !comparing && !counts && !this.compared
        && sessionStorage.getItem(BEGUN_HERE)) {
      this.compared = true;
      this.send('compare', {});
    }
    if (this.confirming && (this.confirming === 'freeze' ? !none : !drained)) this.closeForm();
    this.showReport(now);
  }

  /** Only whoever recorded it has the report: the sync ends then. */
  showReport({ state, freeze, report, report_page: page }) {
    $('cutover-done').hidden = state !== 'stored';
    if (state !== 'stored') return;
    sessionStorage.removeItem(BEGUN_HERE);
    put($('cutover-headline'), report ? report[report.length - 1]
      : `Recorded: everything written before ${freeze} is in ${this.status.target}. Whoever recorded it is told to switch.`);
    if (page && !$('cutover-report').href) {
      $('cutover-report').href = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
      $('cutover-report').download = 'cut-over.html';
      $('cutover-report').hidden = false;
      $('cutover-evidence').replaceChildren(...report.slice(0, -1).map((line) => element('li', '', line)));
    }
  }
}

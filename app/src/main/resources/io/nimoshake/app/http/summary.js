// The top of the page: what concerns all tables together.

import { $, bytes, count, element, nouns, put, putCut, rate, seconds } from './format.js';

export function showSummary(status) {
  showHead(status);
  showOverall(status);
  showTotals(status);
}

function showHead(status) {
  put($('id'), status.id);
  put($('source'), status.source);
  put($('target'), `→ ${status.target}`);
  const health = $('health');
  const passing = status.stopping ? 'stopping' : !status.not_ready ? ''
    : status.not_ready.startsWith('starting') ? 'starting' : 'not ready';
  put(health, status.healthy && passing ? passing : status.health);
  health.className = !status.healthy ? 'bad' : passing || status.health === 'retrying' ? 'warn' : 'good';
  const { rejected } = status.totals;
  const warnings = [...status.retrying, ...rejected && status.dead_letter_file
    ? [`${nouns(rejected, 'rejected item')} left out, see ${status.dead_letter_file}`] : []];
  const problems = [...status.problems, '', ...warnings].join('\n');
  if ($('problems').dataset.now !== problems) {
    $('problems').dataset.now = problems;
    $('problems').replaceChildren(...status.problems.map((line) => element('li', '', line)),
      ...warnings.map((line) => element('li', 'warn', line)));
  }
  const up = Math.max(0, Date.parse(status.now) - Date.parse(status.started)) / 1000;
  put($('process'), `${status.version} · process ${status.pid} · up ${seconds(up, 0)} · ` +
    `${nouns(status.checkpoint_saves, 'checkpoint')} saved`);
  document.title = `${status.healthy ? '' : '! '}${status.id} · nimo-shake`;
}

/** The copy of all tables together. */
function showOverall({ totals, not_ready: notReady }) {
  const { tables, copied_tables: copied, failed_tables: failed } = totals;
  const over = tables > 0 && copied + failed === tables;
  put($('overall-state'), !tables ? notReady
    : !over ? `${Math.floor(totals.progress * 100)} % copied`
    : failed ? `${count(copied)} of ${nouns(tables, 'table')} copied, ${count(failed)} failed`
    : tables === 1 ? 'The table is copied' : `All ${nouns(tables, 'table')} are copied`);
  put($('overall-items'), !tables || over ? ''
    : `${count(totals.copied)} of about ${nouns(totals.items, 'item')}, ` +
      `${count(copied)} of ${nouns(tables, 'table')} complete` + (failed ? `, ${count(failed)} failed` : ''));
  put($('overall-left'), totals.seconds_left === undefined || over ? ''
    : `${seconds(totals.seconds_left, 0)} left`);
  $('overall-bar').value = totals.progress;
  $('overall-bar').hidden = over || !tables;
}

function showTotals(status) {
  const { totals, tables } = status;
  put($('copied'), count(totals.copied));
  put($('copied-more'), totals.items ? `of about ${nouns(totals.items, 'item')}` : '');
  put($('changes'), count(totals.changes));
  const merged = tables.reduce((sum, t) => sum + t.stream.coalesced, 0);
  put($('changes-more'), merged ? `and ${count(merged)} merged` : '');
  put($('rate'), rate(totals.copy_rate + totals.stream_rate) + '/s');
  put($('rate-more'), `copy ${rate(totals.copy_rate)}, stream ${rate(totals.stream_rate)}`);
  const behind = totals.lag_seconds;
  put($('lag'), seconds(behind));
  putCut($('lag-more'), behind === null ? 'no stream is followed'
    : behind === 0 ? 'every stream is caught up' : totals.lag_table);
  $('lag').className = status.max_lag_seconds !== null && behind > status.max_lag_seconds ? 'bad' : '';
  put($('headroom'), seconds(totals.headroom_seconds));
  put($('memory'), bytes(status.memory_held_bytes));
}

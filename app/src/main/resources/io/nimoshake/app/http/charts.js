// Draws lines over time.

import { clock, seconds, shape } from './format.js';

const LEFT = 56;
const BOTTOM = 20;
const TOP = 8;
const RIGHT = 6;

/** The next larger number whose half is round, too. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 0.9999);
}

function short(number) {
  if (number >= 1e6) return (number / 1e6).toFixed(number >= 1e7 ? 0 : 1) + 'M';
  if (number >= 1e4) return (number / 1e3).toFixed(0) + 'k';
  if (number >= 1e3) return (number / 1e3).toFixed(1) + 'k';
  return number >= 10 || Number.isInteger(number) ? String(Math.round(number)) : String(+number.toFixed(2));
}

/** How an axis is divided and labelled. `least` is its smallest range, so that noise stays small. */
export const PER_SECOND = { least: 10, nice, label: (value) => value ? short(value) + '/s' : '0' };
export const DURATION = {
  least: 4,
  /** The next larger duration whose half is round, too. */
  nice: (value) => [4, 6, 10, 20, 30, 60, 120, 240, 360, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400]
    .find((step) => step >= value * 0.9999) ?? nice(value / 86400) * 86400,
  label: (value) => value ? seconds(value, 0) : '0',
};

/** The points as path data, in one run for each stretch without a gap: a line, and the area below. */
function paths(points, base) {
  const runs = [];
  let run = [];
  for (const point of points) {
    if (point) run.push(point);
    else if (run.length) { runs.push(run); run = []; }
  }
  if (run.length) runs.push(run);
  const line = (of) => of.map(([x, y]) => x.toFixed(1) + ',' + y.toFixed(1)).join('L');
  return {
    line: runs.map((r) => 'M' + line(r)).join(''),
    area: runs.map((r) =>
      `M${r[0][0].toFixed(1)},${base}L${line(r)}L${r[r.length - 1][0].toFixed(1)},${base}Z`).join(''),
  };
}

/**
 * A chart of series over time, with a cursor that follows the pointer or the arrow keys.
 * `read(index)` gives the words for a point, `read(null)` those for now. `axis` is PER_SECOND or
 * DURATION.
 */
export class Chart {
  constructor(svg, output, axis, read) {
    this.svg = svg;
    this.axis = axis;
    this.output = output;
    this.read = read;
    this.at = null;
    this.data = { millis: [], series: [], names: [], step: 2, points: 30 };
    new ResizeObserver(() => this.draw()).observe(svg);
    svg.addEventListener('pointermove', (event) => this.point(event.offsetX));
    svg.addEventListener('pointerleave', () => this.move(null));
    svg.addEventListener('blur', () => this.move(null));
    svg.addEventListener('keydown', (event) => {
      const last = this.data.millis.length - 1;
      const from = this.at === null ? last : this.at;
      if (event.key === 'ArrowLeft') this.move(Math.max(0, from - 1));
      else if (event.key === 'ArrowRight') this.move(from >= last ? null : from + 1);
      else if (event.key === 'Escape') this.move(null);
      else return;
      event.preventDefault();
    });
  }

  /** `series` is a list of lists of values. If `stacked`, each is drawn on top of the one before. */
  show(data) {
    if (this.at !== null && this.data.millis.length) {
      const millis = this.data.millis[this.at];
      const found = data.millis.indexOf(millis);
      this.at = found < 0 ? null : found;
    }
    this.data = data;
    this.draw();
  }

  move(index) {
    this.at = index !== null && this.data.millis.length ? index : null;
    this.draw();
  }

  point(x) {
    const { millis } = this.data;
    if (!millis.length) return;
    let best = 0;
    millis.forEach((m, i) => {
      if (Math.abs(this.x(m) - x) < Math.abs(this.x(millis[best]) - x)) best = i;
    });
    this.move(best);
  }

  /** The moment at the right end. Before the first point it is now. */
  end() {
    const { millis } = this.data;
    return millis.length ? millis[millis.length - 1] : Date.now();
  }

  x(millis) {
    const span = this.data.step * 1000 * (this.data.points - 1);
    const end = this.end();
    return this.width - RIGHT - ((end - millis) / span) * (this.width - LEFT - RIGHT);
  }

  draw() {
    const { millis, series, names, stacked, limit, step, points } = this.data;
    this.width = this.svg.clientWidth || 500;
    this.height = this.svg.clientHeight || 150;
    const base = this.height - BOTTOM;
    const sums = series.map((values, s) =>
      values.map((v, i) => v === null ? null : stacked && s ? v + (series[s - 1][i] || 0) : v));
    const highest = Math.max(this.axis.least, ...sums.flat().filter((v) => v !== null));
    const top = this.axis.nice(limit && limit < highest * 4 ? Math.max(limit, highest) : highest);
    const y = (value) => base - (value / top) * (base - TOP);
    const parts = [];
    for (const part of [0, 0.5, 1]) {
      const at = y(top * part);
      parts.push(shape('line', { x1: LEFT, x2: this.width - RIGHT, y1: at, y2: at, class: 'grid' }));
      parts.push(shape('text', { x: LEFT - 6, y: at + 4, 'text-anchor': 'end', class: 'axis' },
        this.axis.label(top * part)));
    }
    const span = step * 1000 * (points - 1);
    for (const part of [0, 1 / 3, 2 / 3, 1]) {
      const moment = this.end() - span * (1 - part);
      parts.push(shape('text', { x: this.x(moment), y: this.height - 5, class: 'axis',
        'text-anchor': part === 1 ? 'end' : part ? 'middle' : 'start' },
        clock(moment, span < 300_000)));
    }
    // The last one is drawn first, so that the ones below it stay visible.
    for (let s = sums.length - 1; s >= 0; s--) {
      const drawn = paths(
        sums[s].map((v, i) => v === null ? null : [this.x(millis[i]), y(v)]), base);
      parts.push(shape('path', { d: drawn.area, class: 'area-' + names[s] }));
      parts.push(shape('path', { d: drawn.line, class: 'line-' + names[s] }));
    }
    if (limit && limit <= top) {
      parts.push(shape('line',
        { x1: LEFT, x2: this.width - RIGHT, y1: y(limit), y2: y(limit), class: 'limit' }));
    }
    if (this.at !== null) {
      const x = this.x(millis[this.at]);
      parts.push(shape('line', { x1: x, x2: x, y1: TOP, y2: base, class: 'cross' }));
      for (const values of sums) {
        if (values[this.at] !== null) {
          parts.push(shape('circle', { cx: x, cy: y(values[this.at]), r: 3, class: 'dot' }));
        }
      }
    }
    const words = this.read(this.at);
    this.output.textContent = words;
    this.svg.setAttribute('aria-label', words);
    this.svg.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren(...parts);
  }
}

/** The width of a chart in points: narrow while there are few points. */
export function span(values, most) {
  return Math.min(most, Math.max(30, values.length));
}

/** A small line without axes. Its highest value is at the top. */
export function spark(svg, values, most, label) {
  const width = 300;
  const height = 24;
  const top = Math.max(2, ...values.filter((v) => v !== null));
  const points = values.map((v, i) => v === null ? null :
    [width - (values.length - 1 - i) * (width / (span(values, most) - 1)), height - 2 - (v / top) * (height - 4)]);
  const drawn = paths(points, height - 1);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.replaceChildren(
    shape('line', { x1: 0, x2: width, y1: height - 1, y2: height - 1, class: 'grid' }),
    shape('path', { d: drawn.area, class: 'area-lag' }),
    shape('path', { d: drawn.line, class: 'line-lag' }));
}

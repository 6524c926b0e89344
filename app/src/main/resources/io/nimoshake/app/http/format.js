// Numbers, times and elements.

export const SVG = 'http://www.w3.org/2000/svg';

export const $ = (id) => document.getElementById(id);

export function count(number) {
  return Math.round(number).toLocaleString('en-US');
}

/** A number with its noun: 1 table, 12 tables. */
export function nouns(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function rate(number) {
  return number > 0 && number < 10 ? number.toFixed(1) : count(number);
}

export function bytes(number) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  for (; number >= 1000 && unit < units.length - 1; unit++) number /= 1000;
  return number.toFixed(unit ? 1 : 0) + ' ' + units[unit];
}

const UNITS = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

/** A duration in its two largest units; below ten seconds with that many digits after the point. */
export function seconds(number, digits = 1) {
  if (number === null || number === undefined) return '-';
  if (number === 0) return '0 s';
  if (number < 59.5) return number.toFixed(number < 9.95 ? digits : 0) + ' s';
  const whole = Math.round(number);
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[first];
  const [smaller, part] = UNITS[first + 1];
  const rest = Math.floor((whole % size) / part);
  return `${Math.floor(whole / size)} ${name}` + (rest ? ` ${rest} ${smaller}` : '');
}

export function clock(millis, withSeconds) {
  return new Date(millis).toLocaleTimeString('en-GB', {
    hour: '2-digit', minute: '2-digit', second: withSeconds ? '2-digit' : undefined });
}

/** The name of a state for people: its key without underscores. */
export function words(state) {
  return state.replaceAll('_', ' ');
}

/**
 * What cannot be seen, or not be told from another character: control characters, those that turn
 * the direction of a text, and the characters that replace $, . and NUL in names of fields. Many
 * fonts lack the latter.
 */
const UNCLEAR = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u2400\ufeff\uff04\uff0e]/g;

/** A text in which each unclear character is written as \u and its number. */
export function clear(text) {
  return text.replace(UNCLEAR, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** Sets a text, if it has changed. */
export function put(element, text) {
  const shown = clear(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Sets a text that may be cut, and the full text to be shown on hover. */
export function putCut(element, text) {
  put(element, text);
  if (element.title !== text) element.title = text;
}

/** Makes an element. What comes from the process is only ever put on the page as its text. */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) put(made, text);
  return made;
}

export function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) put(made, text);
  return made;
}

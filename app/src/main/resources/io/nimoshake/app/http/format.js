// Numbers, times and elements.

export const SVG = 'http://www.w3.org/2000/svg';

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

/** A duration in its two largest units; below ten seconds with that many digits after the point. */
export function seconds(number, digits = 1) {
  if (number === null || number === undefined) return '-';
  if (number < 60) return number.toFixed(number < 10 ? digits : 0) + ' s';
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const first = units.findIndex(([, size]) => number >= size);
  const [name, size] = units[first];
  const [smaller, part] = units[first + 1];
  const rest = Math.floor((number % size) / part);
  return `${Math.floor(number / size)} ${name}` + (rest ? ` ${rest} ${smaller}` : '');
}

export function clock(millis, withSeconds) {
  return new Date(millis).toLocaleTimeString('en-GB', {
    hour: '2-digit', minute: '2-digit', second: withSeconds ? '2-digit' : undefined });
}

/** The name of a state for people: its key without underscores. */
export function words(state) {
  return state.replaceAll('_', ' ');
}

/** Sets a text, if it has changed. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes an element. What comes from the process is only ever put on the page as its text. */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Days and hours of Vietnam as people write them, and sentences with their blanks filled in. */

const MINUTE = 60_000;
/** Vietnam is seven hours ahead of UTC, in every season. */
const OFFSET = 7 * 60 * MINUTE;

/** The moment, in epoch ms, with which a day of Vietnam ("2021-03-22") begins. */
export function midnightOf(/** @type {string} */ day) {
  return Date.parse(`${day}T00:00:00+07:00`);
}

/** The day of Vietnam at a moment: "2021-03-22". */
export function isoDayOf(/** @type {number} */ moment) {
  return new Date(moment + OFFSET).toISOString().slice(0, 10);
}

/** The same in words: "22/03/2021". */
export function dayOf(/** @type {number} */ moment) {
  return isoDayOf(moment).split("-").reverse().join("/");
}

/** The hour in Vietnam at a moment: "19:00". */
export function hourOf(/** @type {number} */ moment) {
  return new Date(moment + OFFSET).toISOString().slice(11, 16);
}

/** `text` with each `%(name)s` in it replaced; numbers are grouped as in the language of the page. */
export function filled(/** @type {string} */ text, /** @type {Record<string, string|number>} */ values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => inWords(values[name]));
}

/** One of the two forms of a text, for one and for any other number, with the number in it. */
export function counted(/** @type {[string, string]} */ [one, other], /** @type {number} */ n) {
  return filled(n === 1 ? one : other, { n });
}

function inWords(/** @type {string|number} */ value) {
  return typeof value === "number" ? value.toLocaleString(globalThis.document?.documentElement.lang) : value;
}

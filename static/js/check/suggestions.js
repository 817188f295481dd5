/**
 * Finds what a resident may mean while typing: places, wards and districts, and flights of the
 * list, with or without accents. Pure.
 */

import { pathOf } from "./data.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Entry} Entry */
/**
 * Something to choose. `codes`: the entries that it stands for by name; `unit`: the ward or
 * district whose entries it stands for, with their number in `count`.
 * @typedef {object} Suggestion
 * @property {string} name
 * @property {string} detail where or when, to tell namesakes apart
 * @property {string[]} codes
 * @property {number|null} unit
 * @property {number} count
 * @property {Entry|null} entry
 * @property {string} foldedName
 * @property {string} folded
 */

const MARKS = /\p{Mark}/gu;
const SEPARATORS = /[^0-9a-z]+/g;

/** As `portal.text.fold`: lower case without marks, đ as d, all but a-z and 0-9 as one space. */
export function fold(/** @type {string} */ text) {
  const bare = text.toLowerCase().normalize("NFKD").replace(MARKS, "").replaceAll("đ", "d");
  return bare.replace(SEPARATORS, " ").trim();
}

/**
 * Places and the wards and districts that they lie in. A whole ward that is listed under its own
 * name is no suggestion of its own: the ward stands for it too.
 * @returns {Suggestion[]}
 */
export function placeSuggestions(/** @type {Data} */ { entries, units }) {
  const wholes = new Map();
  const counts = new Map();
  const places = [];
  for (const entry of entries) {
    if (entry.kind !== "place") continue;
    const own = [entry.ward, entry.district].filter((unit) => unit !== null);
    for (const unit of own) counts.set(unit, (counts.get(unit) ?? 0) + 1);
    const whole = own.length && fold(units[own[0]].name) === fold(entry.name) ? own[0] : null;
    if (whole === null) places.push(suggestionOf(entry));
    else wholes.set(whole, [...(wholes.get(whole) ?? []), entry.code]);
  }
  const areas = [...counts].map(([unit, count]) => {
    const [, ...above] = pathOf(units, unit).map((one) => units[one].name);
    const codes = wholes.get(unit) ?? [];
    return suggestion(units[unit].name, above.join(", "), { unit, count, codes });
  });
  return [...areas, ...places];
}

/** @returns {Suggestion[]} */
export function flightSuggestions(/** @type {Data} */ { entries }) {
  return entries
    .filter((entry) => entry.kind === "flight")
    .map((entry) => suggestion(entry.name, `${entry.when}, ${entry.route}`, of(entry)));
}

/**
 * Those in which every word of `text` occurs, the likeliest first.
 * @param {Suggestion[]} suggestions
 * @param {string} text
 * @returns {Suggestion[]}
 */
export function matching(suggestions, text) {
  const query = fold(text);
  const words = query.split(" ");
  if (!query) return [];
  const ranked = suggestions
    .filter(({ folded }) => words.every((word) => folded.includes(word)))
    .map((one) => ({ one, rank: rankOf(one, query, words) }));
  return ranked.sort((first, other) => first.rank - other.rank).map(({ one }) => one);
}

/** What `text` names without a doubt; null if that is nothing, or more than one thing. */
export function named(/** @type {Suggestion[]} */ suggestions, /** @type {string} */ text) {
  const found = matching(suggestions, text);
  if (found.length === 1) return found[0];
  const called = found.filter(({ foldedName }) => foldedName === fold(text));
  return called.length === 1 ? called[0] : null;
}

/** The smaller the likelier: begins with it; has it in its name; has all words in its name. */
function rankOf({ foldedName }, /** @type {string} */ query, /** @type {string[]} */ words) {
  if (foldedName.startsWith(query)) return foldedName === query ? 0 : 1;
  if (` ${foldedName}`.includes(` ${query}`)) return 2;
  return words.every((word) => foldedName.includes(word)) ? 3 : 4;
}

function suggestionOf(/** @type {Entry} */ entry) {
  return suggestion(entry.name, entry.where, of(entry));
}

function of(/** @type {Entry} */ entry) {
  return { entry, codes: [entry.code] };
}

/** @returns {Suggestion} */
function suggestion(
  /** @type {string} */ name,
  /** @type {string} */ detail,
  { unit = null, count = 1, codes = [], entry = null },
) {
  const english = entry?.english ?? "";
  const folded = fold(`${name} ${english} ${detail}`);
  return { name, detail, codes, unit, count, entry, foldedName: fold(`${name} ${english}`), folded };
}

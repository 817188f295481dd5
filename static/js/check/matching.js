/**
 * Was I there? Compares the entries of the portal with where a resident was. Everything here is a
 * pure function of its arguments: nothing is asked of the network, of the page or of the clock.
 *
 * ## What counts as having been there at the time
 *
 * Times are half-open: who leaves at 10:00 has not met who came at 10:00. A minute together counts.
 * A window or stay whose hours are not known reaches over all of its days; then meeting is only
 * known to be possible on that day, never "certain", and no minutes are given.
 *
 * | where the resident was                         | hours of both known | an hour not known | day of window not known |
 * |------------------------------------------------|---------------------|-------------------|-------------------------|
 * | chose this very place                          | certain `overlap`   | likely `same-day` | possible `time-unknown` |
 * | history: in it for `STAYED` minutes or longer  | certain `overlap`   | likely `same-day` | possible `time-unknown` |
 * | history: in it for less: may have passed by    | likely `overlap`    | possible `same-day` | possible `time-unknown` |
 * | history: perhaps in it (see visits.js)         | possible `nearby`   | possible `nearby` | possible `nearby`       |
 * | history: in the ward or district that is all that is known | possible `nearby` | possible `nearby` | not compared  |
 * | chose the ward or district of this place       | possible `same-unit` | possible `same-unit` | possible `same-unit` |
 * | took this flight on this day                   | certain `flight`    |                   |                         |
 *
 * A coarse place is never more than possible: most people of a ward have not been at the address.
 * Where neither address nor day is known, a history would find everybody who lives there; such
 * entries are left to the reader, like those without any point: `notCompared` names them.
 * A window without a day is compared with the `RECENT` days before the data was made: the longest
 * incubation, twice, for the place to be found and listed and for the visitor to fall ill
 * (14 days; WHO, Q&A on COVID-19).
 */

import { pauseFor } from "./failures.js";
import { momentOf } from "./formats/values.js";
import { GAP, MINUTE, visitsAt } from "./visits.js";

/**
 * @typedef {import("./types.js").Data} Data
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Window} Window
 * @typedef {import("./types.js").Stay} Stay
 * @typedef {import("./types.js").FlightTaken} FlightTaken
 * @typedef {import("./types.js").History} History
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Certainty} Certainty
 * @typedef {import("./types.js").Why} Why
 * @typedef {import("./types.js").Match} Match
 * @typedef {import("./types.js").Presence} Presence
 */

const DAY = 24 * 60 * MINUTE;
/** How long before the data was made a window without a day is thought to lie, at most; ms. */
export const RECENT = 28 * DAY;
/** From how many minutes on a history shows a stay, and not somebody passing by. */
export const STAYED = 5;

/** The surest first. @type {Certainty[]} */
const CERTAINTIES = ["certain", "likely", "possible"];
/** @type {Presence["place"][]} */
const PLACES = ["named", "there", "near", "unit"];
/** @type {Window} */
const UNKNOWN = { start: null, end: null, startKnown: false, endKnown: false, when: "" };

/**
 * @param {Data} data
 * @param {Stay[]} stays what the resident named
 * @returns {Match[]} as `merged` sorts them
 */
export function matchStays(data, stays) {
  const at = momentOf(data.at);
  const matches = placesOf(data).map((entry) => {
    const presences = stays.flatMap((stay) => namedPresence(entry, stay));
    return presences.length ? matchOf(entry, windowsOf(entry), presences, at) : null;
  });
  return merged(matches);
}

/** @returns {Presence[]} one, or none if the stay was elsewhere */
function namedPresence(/** @type {Entry} */ entry, /** @type {Stay} */ stay) {
  const { start, end, hoursKnown } = stay;
  const place = stay.code === entry.code ? "named" : isInUnit(entry, stay) ? "unit" : null;
  return place ? [{ start, end, hoursKnown, place, distance: null }] : [];
}

/** The ward decides where both are known to it, else the district. */
function isInUnit(/** @type {Entry} */ entry, /** @type {Stay} */ stay) {
  if (stay.ward != null && entry.ward != null) return stay.ward === entry.ward;
  return stay.district != null && stay.district === entry.district;
}

/**
 * @param {Data} data
 * @param {FlightTaken[]} flights
 * @returns {Match[]} as `merged` sorts them
 */
export function matchFlights(data, flights) {
  const taken = new Set(flights.map(({ number, date }) => `${flightNumber(number)} ${date}`));
  return merged(
    data.entries
      .filter(
        ({ kind, number, date }) =>
          kind === "flight" && taken.has(`${flightNumber(number)} ${date}`),
      )
      .map((entry) => match(entry, null, "flight", "certain")),
  );
}

/**
 * A flight's number as airlines write it: "vj 0458" and "VJ-458" are "VJ458".
 * @param {string} [written]
 */
export function flightNumber(written = "") {
  const letters = written.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return letters.replace(/^([A-Z0-9]{2})0+(?=\d)/, "$1");
}

/**
 * @param {Data} data
 * @param {History} history
 * @param {import("./types.js").Watch} [watch]
 * @returns {Promise<Match[]>} as `merged` sorts them
 * @throws {import("./failures.js").Cancelled}
 */
export async function matchHistory(data, history, watch = {}) {
  const pause = pauseFor(watch);
  const at = momentOf(data.at);
  const spots = spotsOf(data, at);
  const visits = await visitsAt(spots, history, pause);
  const matches = [];
  for (const [i, { entries }] of spots.entries()) {
    await pause(1);
    if (visits[i].length === 0) continue;
    for (const entry of entries) matches.push(matchOf(entry, comparable(entry), visits[i], at));
  }
  return merged(matches);
}

/** The entries that a history is compared with, by where they lie. */
function spotsOf(/** @type {Data} */ data, /** @type {number} */ at) {
  /** @type {Map<string, import("./visits.js").Spot>} */
  const spots = new Map();
  for (const entry of placesOf(data)) {
    const { point } = entry;
    const windows = comparable(entry);
    if (!point || windows.length === 0) continue;
    const key = [point.latitude, point.longitude, point.radius, point.approximate].join(" ");
    const spot = spots.get(key) ?? { point, entries: [], from: Infinity, to: -Infinity };
    spot.entries.push(entry);
    for (const { start, end } of windows.map((window) => meant(window, at))) {
      spot.from = Math.min(spot.from, start - GAP);
      spot.to = Math.max(spot.to, end + GAP);
    }
    spots.set(key, spot);
  }
  return [...spots.values()];
}

/**
 * The days of a history that matter; nothing outside of them can change a result.
 * @param {Data} data
 * @returns {Span}
 */
export function spanOf(data) {
  const spots = spotsOf(data, momentOf(data.at));
  return spots.reduce(
    ({ first, last }, { from, to }) => ({ first: Math.min(first, from), last: Math.max(last, to) }),
    { first: Infinity, last: -Infinity },
  );
}

/**
 * The places that no history is compared with: without a point, or with neither address nor day.
 * @param {Data} data
 * @returns {Entry[]}
 */
export function notCompared(data) {
  return placesOf(data).filter((entry) => !entry.point || comparable(entry).length === 0);
}

function placesOf(/** @type {Data} */ data) {
  return data.entries.filter((entry) => entry.kind === "place");
}

function windowsOf(/** @type {Entry} */ entry) {
  return entry.windows?.length ? entry.windows : [UNKNOWN];
}

function comparable(/** @type {Entry} */ entry) {
  return windowsOf(entry).filter((window) => window.start !== null || !entry.point?.approximate);
}

/** The time in which a window may lie. */
function meant(/** @type {Window} */ { start, end }, /** @type {number} */ at) {
  return start === null || end === null ? { start: at - RECENT, end: at } : { start, end };
}

/** @returns {Match|null} of the surest window, with the others */
function matchOf(
  /** @type {Entry} */ entry,
  /** @type {Window[]} */ windows,
  /** @type {Presence[]} */ presences,
  /** @type {number} */ at,
) {
  const matches = windows.flatMap((window) => judged(entry, window, presences, at) ?? []);
  return together(matches.sort(bySureness));
}

/** One window by the table above: what the surest place says, where the resident met it in time. */
function judged(
  /** @type {Entry} */ entry,
  /** @type {Window} */ window,
  /** @type {Presence[]} */ presences,
  /** @type {number} */ at,
) {
  const time = meant(window, at);
  const met = presences.filter(({ start, end }) => start < time.end && time.start < end);
  const place = PLACES.find((one) => met.some((presence) => presence.place === one));
  if (!place) return null;
  const here = met.filter((presence) => presence.place === place);
  const exact = window.startKnown && window.endKnown ? here.filter((one) => one.hoursKnown) : [];
  const timing = window.start === null ? "time-unknown" : exact.length ? "overlap" : "same-day";
  const isPassing = place === "there" && minutesIn(time, here) < STAYED;
  const distance = here.reduce((least, one) => Math.min(least, one.distance ?? Infinity), Infinity);
  return match(
    entry,
    window === UNKNOWN ? null : window,
    place === "near" ? "nearby" : place === "unit" ? "same-unit" : timing,
    place === "near" || place === "unit" ? "possible" : certaintyOf(timing, isPassing),
    timing === "overlap" ? minutesIn(time, exact) : null,
    distance < Infinity ? Math.round(distance) : null,
  );
}

/** @returns {Certainty} */
function certaintyOf(/** @type {string} */ timing, /** @type {boolean} */ isPassing) {
  const sureness = ["overlap", "same-day", "time-unknown"].indexOf(timing) + (isPassing ? 1 : 0);
  return CERTAINTIES[Math.min(sureness, 2)];
}

/** Minutes of a time in which at least one of the presences was there; begun ones count. */
function minutesIn(
  /** @type {{start: number, end: number}} */ time,
  /** @type {Presence[]} */ presences,
) {
  let sum = 0;
  let until = time.start;
  for (const { start, end } of [...presences].sort((one, other) => one.start - other.start)) {
    const from = Math.max(start, until);
    const to = Math.min(end, time.end);
    if (to <= from) continue;
    sum += to - from;
    until = to;
  }
  return Math.ceil(sum / MINUTE);
}

/** @returns {Match} */
function match(
  /** @type {Entry} */ entry,
  /** @type {Window|null} */ window,
  /** @type {Why} */ why,
  /** @type {Certainty} */ certainty,
  /** @type {number|null} */ minutes = null,
  /** @type {number|null} */ distance = null,
) {
  return { entry, window, certainty, why, minutes, distance, also: [] };
}

/**
 * One match for each entry, from what several searches have found: the most certain first, among
 * these the newest. Of the same window only the surest match is kept.
 * @param {(Match|null)[]} matches
 * @returns {Match[]}
 */
export function merged(matches) {
  /** @type {Map<string, Map<string, Match>>} */
  const entries = new Map();
  for (const one of matches.flatMap((found) => (found ? [found, ...found.also] : []))) {
    const key = `${one.entry.kind} ${one.entry.code}`;
    const windows = entries.get(key) ?? new Map();
    const { start, end, when } = one.window ?? UNKNOWN;
    const other = windows.get(`${start} ${end} ${when}`);
    if (!other || bySureness(one, other) < 0) windows.set(`${start} ${end} ${when}`, one);
    entries.set(key, windows);
  }
  return [...entries.values()]
    .map((windows) => /** @type {Match} */ (together([...windows.values()].sort(bySureness))))
    .sort(byCertainty);
}

/** The first of the matches, with the others. */
function together(/** @type {Match[]} */ [first, ...others]) {
  return first ? { ...first, also: others.map((other) => ({ ...other, also: [] })) } : null;
}

/** Of one entry: the longest together, where certainty is the same. */
function bySureness(/** @type {Match} */ one, /** @type {Match} */ other) {
  return (
    certaintyRank(one) - certaintyRank(other) ||
    (other.minutes ?? 0) - (one.minutes ?? 0) ||
    descending(newest(one), newest(other))
  );
}

function byCertainty(/** @type {Match} */ one, /** @type {Match} */ other) {
  return certaintyRank(one) - certaintyRank(other) || descending(newest(one), newest(other));
}

function certaintyRank(/** @type {Match} */ { certainty }) {
  return CERTAINTIES.indexOf(certainty);
}

/** When it ended; what has no day is older than all that has one. */
function newest(/** @type {Match} */ { entry, window }) {
  if (window) return window.end ?? -Infinity;
  return entry.date ? momentOf(`${entry.date}T24:00+07:00`) : -Infinity;
}

function descending(/** @type {number} */ one, /** @type {number} */ other) {
  return one === other ? 0 : other - one;
}

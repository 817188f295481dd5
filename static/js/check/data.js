/**
 * Reads the file that the portal publishes for the check into the model that `matching.js` works
 * on. What is in the file is said in `portal/pages/check/data.py`. Pure: no page, network or clock.
 */

import { dayOf, filled, hourOf, midnightOf } from "./wording.js";

/** The layout that this module reads. */
export const FORMAT = 2;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const POINT_SCALE = 100_000;
const CENTROID_SCALE = 1_000;
const TIERS = ["", "close", "casual", "monitor"];
export const PROVINCE = 1;
export const DISTRICT = 2;
export const WARD = 3;
const CENTROID = 1;
const WRITTEN = 2;
const DAYS_KNOWN = 1;
const START_KNOWN = 2;
const END_KNOWN = 4;

/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").Hotline} Hotline */
/** @typedef {import("./types.js").Unit & {key: string, level: number, parent: number|null}} Unit */
/**
 * An entry with what the page shows of it: its English name, and whom to call about it.
 * @typedef {import("./types.js").Entry & {english: string, hotlines: Hotline[]}} Entry
 */
/**
 * @typedef {import("./types.js").Data & {entries: Entry[], units: Unit[], vietnamese: Set<string>,
 *   since: string|null, gone: string[]}} Data `vietnamese`: actions that an English page has no
 *   English of; `since`: null of a whole list, else the version after which the entries changed,
 *   and those with the codes `gone` are no longer listed
 */

/**
 * @param {any} file what `data.json` holds; the service worker may have put in `changed` what the
 *   portal has answered since
 * @param {Record<string, string>} phrases of windows, from `locations.wording.window_phrases`
 * @returns {Data}
 * @throws {Error} if the file has another layout than this module reads
 */
export function decode(file, phrases) {
  const list = decoded(file, phrases);
  return file.changed ? updated(list, decoded(file.changed, phrases)) : list;
}

/**
 * `list` with what has changed since. The units of `list` keep their numbers.
 * @param {Data} list
 * @param {Data} change of the version of `list` or an earlier one, and not made before it
 * @returns {Data}
 */
export function updated(list, change) {
  const at = Date.parse(change.at);
  const replaced = new Set([...change.gone, ...change.entries.map(({ code }) => code)]);
  const units = joined(list.units, change.units, ({ key }) => key);
  const provinces = joined(list.provinces, change.provinces, ({ slug }) => slug);
  const unitOf = (unit) => (typeof unit === "number" ? units.numbers[unit] : unit);
  const changed = change.entries.map((entry) => ({
    ...entry,
    province: provinces.numbers[entry.province],
    ...(entry.kind === "place" && { ward: unitOf(entry.ward), district: unitOf(entry.district) }),
  }));
  const added = units.all.slice(list.units.length);
  return {
    ...list,
    at: change.at,
    version: change.version,
    provinces: provinces.all,
    units: [...list.units, ...added.map((unit) => ({ ...unit, parent: unitOf(unit.parent) }))],
    entries: [
      ...list.entries.filter((one) => !replaced.has(one.code) && one.listedUntil > at),
      ...changed,
    ],
    vietnamese: new Set([...list.vietnamese, ...change.vietnamese]),
  };
}

/**
 * `all`: `known`, and behind it what only `added` has; `numbers` in it of each of `added`.
 * @template T
 * @param {T[]} known
 * @param {T[]} added
 * @param {(one: T) => string} keyOf
 */
function joined(known, added, keyOf) {
  const all = [...known];
  const numberOf = new Map(known.map((one, number) => [keyOf(one), number]));
  const numbers = added.map((one) => {
    const key = keyOf(one);
    if (!numberOf.has(key)) numberOf.set(key, all.push(one) - 1);
    return numberOf.get(key);
  });
  return { all, numbers };
}

function decoded(file, phrases) {
  if (file?.format !== FORMAT) throw new Error(`layout ${file?.format}, not ${FORMAT}`);
  const hotlines = file.hotlines.map(([label, number, dialled]) => ({ label, number, dialled }));
  const provinces = file.provinces.map(([slug, name, numbers]) => ({
    slug,
    name,
    url: addressOf(file.addresses.province, slug),
    hotlines: numbers.map((number) => hotlines[number]),
  }));
  const todos = file.todos.map(([texts, numbers]) => ({
    actions: texts.map((text) => file.texts[text]),
    hotlines: numbers.map((number) => hotlines[number]),
  }));
  const units = unitsOf(file.units);
  const base = midnightOf(file.base);
  const known = { file, base, provinces, todos, units, phrases };
  return {
    at: file.at,
    version: file.version,
    since: file.since ?? null,
    gone: file.gone ? file.gone.split(" ") : [],
    provinces,
    units,
    entries: [...placesOf(known), ...flightsOf(known)],
    vietnamese: new Set(file.vietnamese.map((text) => file.texts[text])),
  };
}

/** A unit, what it is part of, and so on upwards, as indexes into `units`. */
export function pathOf(/** @type {Unit[]} */ units, /** @type {number} */ unit) {
  const path = [];
  for (let one = unit; one !== null; one = units[one].parent) path.push(one);
  return path;
}

function unitsOf(columns) {
  const parents = summed(columns.parent);
  const latitudes = summed(columns.latitude);
  const longitudes = summed(columns.longitude);
  const kinds = columns.levels.flatMap((counts, above) =>
    counts.flatMap((count, era) => Array(count).fill([above + PROVINCE, columns.eras[era]])),
  );
  const units = [];
  for (const [unit, name] of columns.name.entries()) {
    const [level, era] = kinds[unit];
    const parent = parents[unit];
    units.push({
      // In no other list either does another unit have it; parents stand before their parts.
      key: [units[parent]?.key ?? era, level, name].join(" / "),
      name,
      level,
      parent,
      latitude: scaled(latitudes[unit], CENTROID_SCALE),
      longitude: scaled(longitudes[unit], CENTROID_SCALE),
    });
  }
  return units;
}

function* placesOf({ file, base, provinces, todos, units, phrases }) {
  const columns = file.places;
  const provinceOf = summed(columns.province);
  const unitOf = summed(columns.unit);
  const windows = windowsOf(columns.windows, base, phrases);
  const points = pointsOf(file, units, unitOf);
  const codes = columns.code.split(" ");
  for (const [place, name] of columns.name.entries()) {
    const path = pathOf(units, unitOf[place]);
    const address = path.slice(columns.up[place]).map((unit) => units[unit].name);
    const own = next(windows, columns.windows.count[place]);
    yield {
      kind: "place",
      code: codes[place],
      url: addressOf(file.addresses.place, provinces[provinceOf[place]].slug, codes[place]),
      province: provinceOf[place],
      name,
      english: columns.english[place] ?? "",
      where: [columns.street[place], ...address].filter(Boolean).join(", "),
      ...todos[columns.todo[place]],
      tier: TIERS[columns.tier[place]],
      listedUntil: lastMidnightOf(own, base) + columns.until[place] * MINUTE,
      point: points.next().value,
      ward: path.find((unit) => units[unit].level === WARD) ?? null,
      district: path.find((unit) => units[unit].level === DISTRICT) ?? null,
      windows: own,
    };
  }
}

function* flightsOf({ file, base, provinces, todos }) {
  for (const [code, province, number, date, rows, route, when, until, todo] of file.flights) {
    yield {
      kind: "flight",
      code,
      url: addressOf(file.addresses.flight, provinces[province].slug, code),
      province,
      name: number,
      english: "",
      where: route,
      ...todos[todo],
      tier: "",
      listedUntil: base + until * MINUTE,
      number,
      date,
      rows,
      route,
      when,
    };
  }
}

function* windowsOf({ known, start, length }, base, phrases) {
  const starts = summed(start);
  let span = 0;
  for (const what of known) {
    if (what & DAYS_KNOWN) {
      const begins = base + starts[span] * MINUTE;
      const window = {
        start: begins,
        end: begins + length[span] * MINUTE,
        startKnown: (what & START_KNOWN) > 0,
        endKnown: (what & END_KNOWN) > 0,
      };
      yield { ...window, when: inWords(window, phrases) };
      span += 1;
    } else {
      yield { start: null, end: null, startKnown: false, endKnown: false, when: phrases.unknown };
    }
  }
}

/** The words of a window, by the rule of `locations.wording`. */
function inWords(window, phrases) {
  const words = {
    day: dayOf(window.start),
    last_day: dayOf(lastMomentOf(window)),
    hour: hourOf(window.start),
    last_hour: hourOf(window.end),
  };
  const known = [words.day === words.last_day, window.startKnown, window.endKnown];
  return filled(phrases[known.map(Number).join("")], words);
}

/** On the last day of a window: one without an hour ends where the next day begins. */
function lastMomentOf({ end, endKnown }) {
  return endKnown ? end : end - DAY;
}

/** The midnight with which the last day of a place's windows begins; `base` if none is known. */
function lastMidnightOf(windows, base) {
  const known = windows.filter((window) => window.end !== null);
  if (!known.length) return base;
  const days = Math.floor((Math.max(...known.map(lastMomentOf)) - base) / DAY);
  return base + days * DAY;
}

function* pointsOf({ places: columns, units: { reach }, reaches }, units, unitOf) {
  const latitudes = summed(columns.latitude);
  const longitudes = summed(columns.longitude);
  let written = 0;
  for (const [place, source] of columns.point.entries()) {
    if (source === WRITTEN) {
      const [radius, approximate] = reaches[columns.reach[written]];
      const latitude = scaled(latitudes[written], POINT_SCALE);
      const longitude = scaled(longitudes[written], POINT_SCALE);
      yield { latitude, longitude, radius, approximate };
      written += 1;
    } else if (source === CENTROID) {
      const { latitude, longitude } = units[unitOf[place]];
      const [radius, approximate] = reaches[reach[unitOf[place]]];
      yield { latitude, longitude, radius, approximate };
    } else {
      yield null;
    }
  }
}

function addressOf(/** @type {string} */ pattern, /** @type {string} */ slug, code = "") {
  return pattern.replace("PROVINCE", slug).replace("CODE", code);
}

/** The numbers of which a column holds the distances. */
function summed(/** @type {(number|null)[]} */ distances) {
  let sum = 0;
  return distances.map((distance) => (distance === null ? null : (sum += distance)));
}

function scaled(/** @type {number|null} */ number, /** @type {number} */ scale) {
  return number === null ? null : number / scale;
}

function next(/** @type {Iterator<any>} */ iterator, /** @type {number} */ count) {
  return Array.from({ length: count }, () => iterator.next().value);
}

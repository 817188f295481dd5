/**
 * Times and positions as location histories write them. Whatever cannot be read is NaN or null;
 * nothing here throws.
 */

/** @typedef {import("../types.js").Position} Position */

const MOMENT =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?$/;
// No phone kept a history before; a year 1970 or 2106 is a clock that was never set.
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * Milliseconds since 1970 of an ISO 8601 moment. Without an offset it is UTC, as GPX 1.1 has it.
 * `Date.parse` is no help: it takes "shop 3" for a date, and a moment without offset for local.
 * @param {unknown} text
 * @returns {number} NaN if it is none
 */
export function momentOf(text) {
  const parts = typeof text === "string" ? MOMENT.exec(text.trim()) : null;
  if (!parts) return NaN;
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  const hour = Number(parts[4]);
  const minute = Number(parts[5]);
  const second = Number(parts[6] ?? 0);
  if (hour > 24 || minute > 59 || second > 60) return NaN;
  const midnight = Date.UTC(Number(parts[1]), month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) return NaN;
  const milliseconds = Math.floor(Number(`0.${parts[7] ?? 0}`) * 1000);
  const time = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return plausible(time - offsetOf(parts[8]));
}

/** Milliseconds of "+07:00", "-0330", "+07", "Z" or nothing. */
function offsetOf(/** @type {string|undefined} */ zone) {
  if (!zone || zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return (zone[0] === "-" ? -minutes : minutes) * 60_000;
}

/**
 * A moment in either of the forms that Google has used: ISO 8601, or (until about January 2022)
 * milliseconds since 1970, mostly as a string.
 * @param {unknown} iso
 * @param {unknown} milliseconds
 * @returns {number} NaN if neither can be read
 */
export function eitherMomentOf(iso, milliseconds) {
  const time = momentOf(iso);
  return Number.isNaN(time) ? plausible(numberOf(milliseconds)) : time;
}

function plausible(/** @type {number} */ time) {
  return time >= EARLIEST && time < LATEST ? time : NaN;
}

/**
 * A number that may be written as a string, as iPhones write them.
 * @param {unknown} value
 * @returns {number} NaN if it is none
 */
export function numberOf(value) {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/**
 * An accuracy in metres; zero and less say only that the phone did not know it.
 * @param {unknown} value
 * @returns {number} NaN if it is not known
 */
export function accuracyOf(value) {
  const metres = numberOf(value);
  return metres > 0 ? metres : NaN;
}

/**
 * Nobody is at 0° 0°: that is how a missing position is written.
 * @param {number} latitude
 * @param {number} longitude
 * @returns {Position|null}
 */
export function positionOf(latitude, longitude) {
  const possible = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return possible && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : null;
}

const PAIR =
  /^\s*(?:geo:)?\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*,\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*(?:[;?].*)?$/;

/**
 * "20.8449°, 106.6881°" as Android writes it, "geo:20.844900,106.688100" as iPhones do.
 * @param {unknown} text
 * @returns {Position|null}
 */
export function pairOf(text) {
  const parts = typeof text === "string" ? PAIR.exec(text) : null;
  return parts && positionOf(Number(parts[1]), Number(parts[2]));
}

const WRAP = 2 ** 32;

/**
 * Degrees times 10⁷. In exports of 2019 numbers below zero came out as unsigned 32-bit ones:
 * github.com/Scarygami/location-history-json-converter/issues/22.
 * @param {unknown} latitudeE7
 * @param {unknown} longitudeE7
 * @returns {Position|null}
 */
export function e7Of(latitudeE7, longitudeE7) {
  return positionOf(
    unwrapped(numberOf(latitudeE7), 900_000_000) / 1e7,
    unwrapped(numberOf(longitudeE7), 1_800_000_000) / 1e7,
  );
}

function unwrapped(/** @type {number} */ value, /** @type {number} */ most) {
  return value > most ? value - WRAP : value;
}

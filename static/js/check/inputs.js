/**
 * What residents type, read: days, hours and flight numbers. Whatever makes no sense throws an
 * `InputError` that names the sentence of the page which says so.
 */

import { isoDayOf, midnightOf } from "./wording.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAY_FORM = /^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})$/;
const COMPACT_DAY_FORM = /^(\d{2})(\d{2})(\d{4}|\d{2})$/;
const ISO_DAY_FORM = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const HOUR_FORM = /^(\d{1,2})(?:\s*[:.hg]\s*(\d{2})?|(\d{2}))?$/i;
/** As `locations.models.flight` takes it. */
const FLIGHT_NUMBER = /^(?:[A-Z][A-Z0-9]|[0-9][A-Z])[0-9]{1,4}[A-Z]?$/;

export class InputError extends Error {}

/**
 * @param {string} text day, month and year in this order: "24/03/2021", "24-3-21", "24032021"
 * @param {number} now epoch ms
 * @returns {string} "2021-03-24"
 */
export function dayFrom(text, now) {
  const [year, month, day] = dayParts(text.trim());
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new InputError("no-such-day");
  }
  const iso = date.toISOString().slice(0, 10);
  if (iso > isoDayOf(now)) throw new InputError("day-to-come");
  return iso;
}

/**
 * From when to when a resident was somewhere, across midnight if the second hour is the smaller
 * one; without hours the whole day.
 * @param {string} day "2021-03-24"
 * @param {{from: number, to: number}|null} hours minutes since midnight
 * @returns {{start: number, end: number, hoursKnown: boolean}} epoch ms
 */
export function spanOf(day, hours) {
  const midnight = midnightOf(day);
  if (!hours) return { start: midnight, end: midnight + DAY, hoursKnown: false };
  const { from, to } = hours;
  if (from === to) throw new InputError("hour-same");
  const end = to > from ? midnight : midnight + DAY;
  return { start: midnight + from * MINUTE, end: end + to * MINUTE, hoursKnown: true };
}

/**
 * @param {string} text "19:30", "19h30", "1930", "19"
 * @returns {number} minutes since midnight
 */
export function hourFrom(text) {
  const parts = HOUR_FORM.exec(text.trim());
  const hour = Number(parts?.[1]);
  const minute = Number(parts?.[2] ?? parts?.[3] ?? 0);
  const isHour = parts && minute < 60 && (hour < 24 || (hour === 24 && minute === 0));
  if (!isHour) throw new InputError(text.trim() ? "hour-form" : "hour-missing");
  return hour * 60 + minute;
}

/** @returns {string} "VJ458" for "vj 458" */
export function flightNumberFrom(/** @type {string} */ text) {
  const number = text.replace(/[\s-]+/g, "").toUpperCase();
  if (!FLIGHT_NUMBER.test(number)) throw new InputError("flight-form");
  return number;
}

function dayParts(/** @type {string} */ text) {
  const iso = ISO_DAY_FORM.exec(text);
  if (iso) return iso.slice(1).map(Number);
  const parts = COMPACT_DAY_FORM.exec(text) ?? DAY_FORM.exec(text);
  if (!parts) throw new InputError(text ? "day-form" : "day-missing");
  const [day, month, year] = parts.slice(1).map(Number);
  return [year < 100 ? 2000 + year : year, month, day];
}

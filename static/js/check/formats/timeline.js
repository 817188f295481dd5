/**
 * Google Timeline as phones hand it out since 2024. There is no description by Google; the fields are
 * those that public readers of real files know, see
 * github.com/CarlosBergillos/LocationHistoryFormat/issues/13,
 * github.com/cpesch/RouteConverter/issues/351 and github.com/Freika/dawarich/issues/2587.
 *
 * Android writes an object, `semanticSegments` (visits, ways, paths) and `rawSignals` (the last
 * weeks' single positions), with positions as "20.8449°, 106.6881°". An iPhone writes the segments
 * as a bare array, with positions as "geo:20.844900,106.688100" and numbers as strings.
 */

import { accuracyOf, momentOf, numberOf, pairOf } from "./values.js";

/** @typedef {import("../gathering.js").Gathering} Gathering */

/**
 * @param {any} segment an entry of `semanticSegments`, or of an iPhone's array
 * @param {Gathering} into
 * @returns {boolean} whether it is a segment at all
 */
export function readSegment(segment, into) {
  const start = momentOf(segment?.startTime);
  const end = momentOf(segment?.endTime);
  if (segment?.visit) {
    const place = segment.visit.topCandidate?.placeLocation;
    // A timeless visit was added by hand to a day, without hours.
    into.stay(start, end, coordinates(place), segment.visit.isTimelessVisit !== true);
  }
  if (segment?.activity) {
    into.point(start, coordinates(segment.activity.start));
    into.point(end, coordinates(segment.activity.end));
  }
  if (Array.isArray(segment?.timelinePath)) {
    for (const step of segment.timelinePath) {
      into.point(timeOfStep(step, start, end), coordinates(step?.point));
    }
  }
  return Boolean(segment?.startTime);
}

/** A position is a string of its own on iPhones, and one inside an object on Android. */
function coordinates(/** @type {any} */ place) {
  return pairOf(place?.latLng ?? place);
}

const MINUTE = 60_000;

/** The step's own moment, or minutes since its segment began, if they lie within it. */
function timeOfStep(
  /** @type {any} */ step,
  /** @type {number} */ start,
  /** @type {number} */ end,
) {
  const time = momentOf(step?.time);
  if (!Number.isNaN(time)) return time;
  const minutes = numberOf(step?.durationMinutesOffsetFromStartTime);
  const counted = start + minutes * MINUTE;
  return minutes >= 0 && !(counted > end + MINUTE) ? counted : NaN;
}

/**
 * @param {any} signal an entry of `rawSignals`; those of Wi-Fi and of activities have no position
 * @param {Gathering} into
 * @returns {boolean} whether it is a signal at all
 */
export function readSignal(signal, into) {
  const fix = signal?.position;
  if (fix) {
    into.point(
      momentOf(fix.timestamp),
      coordinates(fix.LatLng ?? fix.latLng),
      accuracyOf(fix.accuracyMeters),
    );
  }
  return Boolean(fix || signal?.wifiScan || signal?.activityRecord);
}

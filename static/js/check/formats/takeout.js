/**
 * Location history as Google Takeout gave it until 2024: `Records.json` (named `Location
 * History.json` before) with single positions, and the monthly files of Semantic Location History
 * with visits and ways. Fields by locationhistoryformat.com, in the forms of before and after
 * January 2022 (`timestampMs` and `timestamp`).
 */

import { accuracyOf, e7Of, eitherMomentOf } from "./values.js";

/** @typedef {import("../gathering.js").Gathering} Gathering */

// A waypoint is where a way was drawn on the map, and when is only reckoned: in metres, so much
// that it never puts anybody inside a place.
const WAYPOINT_ACCURACY = 150;

/**
 * @param {any} record an entry of `locations`
 * @param {Gathering} into
 * @returns {boolean} whether it is a record at all
 */
export function readRecord(record, into) {
  into.point(
    eitherMomentOf(record?.timestamp, record?.timestampMs),
    e7Of(record?.latitudeE7, record?.longitudeE7),
    accuracyOf(record?.accuracy),
  );
  return Boolean(record?.timestamp ?? record?.timestampMs);
}

/**
 * @param {any} item an entry of `timelineObjects`
 * @param {Gathering} into
 * @returns {boolean} whether it is a visit or a way
 */
export function readTimelineObject(item, into) {
  if (item?.placeVisit) readVisit(item.placeVisit, into);
  if (item?.activitySegment) readWay(item.activitySegment, into);
  return Boolean(item?.placeVisit ?? item?.activitySegment);
}

function readVisit(/** @type {any} */ visit, /** @type {Gathering} */ into) {
  const { start, end } = durationOf(visit);
  const place = e7Of(visit.location?.latitudeE7, visit.location?.longitudeE7);
  into.stay(start, end, place ?? e7Of(visit.centerLatE7, visit.centerLngE7));
  readPath(visit, into);
  if (Array.isArray(visit.childVisits)) {
    for (const child of visit.childVisits) if (child) readVisit(child, into);
  }
}

function readWay(/** @type {any} */ way, /** @type {Gathering} */ into) {
  const { start, end } = durationOf(way);
  if (way.startLocation) into.point(start, locationOf(way.startLocation));
  if (way.endLocation) into.point(end, locationOf(way.endLocation));
  // The path that was measured, else the one that was drawn.
  if (!readPath(way, into)) readWaypoints(way.waypointPath?.waypoints, start, end, into);
}

function readPath(/** @type {any} */ { simplifiedRawPath }, /** @type {Gathering} */ into) {
  const points = simplifiedRawPath?.points;
  if (!Array.isArray(points)) return false;
  for (const point of points) {
    into.point(
      eitherMomentOf(point?.timestamp, point?.timestampMs),
      e7Of(point?.latE7, point?.lngE7),
      accuracyOf(point?.accuracyMeters),
    );
  }
  return points.length > 0;
}

/** Waypoints carry no time: they are spread evenly over that of the way. */
function readWaypoints(
  /** @type {any} */ waypoints,
  /** @type {number} */ start,
  /** @type {number} */ end,
  /** @type {Gathering} */ into,
) {
  if (!Array.isArray(waypoints)) return;
  waypoints.forEach((waypoint, i) => {
    const time = start + ((end - start) * (i + 1)) / (waypoints.length + 1);
    into.point(time, e7Of(waypoint?.latE7, waypoint?.lngE7), WAYPOINT_ACCURACY);
  });
}

function durationOf(/** @type {any} */ { duration }) {
  return {
    start: eitherMomentOf(duration?.startTimestamp, duration?.startTimestampMs),
    end: eitherMomentOf(duration?.endTimestamp, duration?.endTimestampMs),
  };
}

function locationOf(/** @type {any} */ location) {
  return e7Of(location.latitudeE7, location.longitudeE7);
}

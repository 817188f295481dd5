/**
 * Visits: from single positions of a phone to stays at places.
 *
 * - A position whose error (its accuracy, in metres) is above `COARSEST` tells nothing: it neither
 *   makes nor ends a visit. Where the error is not known, `USUAL_ERROR` is assumed.
 * - It is *there* if it lies in the place's radius and its error is no larger than that radius;
 *   *near* if it could be there by its error. In an approximate place, of which only the ward or
 *   district is known, a position within the radius is never more than near.
 * - Positions that follow one another at most `GAP` apart are one visit as long as none between
 *   them is elsewhere. A visit that is *there* is made of positions there; ones between them that
 *   are only near (a phone's position jumps) do not end it.
 * - A position stands for the minute in which it was taken, so every visit is of whole minutes and
 *   of one at least: [minute of the first, end of the minute of the last).
 * - A stay that the history itself names is one visit.
 */

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").History} History
 * @typedef {import("./types.js").Presence} Presence
 */

export const MINUTE = 60_000;
export const GAP = 30 * MINUTE;
export const COARSEST = 500;
export const USUAL_ERROR = 50;

const EARTH_RADIUS = 6_371_009;
const RADIAN = Math.PI / 180;
// Of the grid in which places are looked up; degrees, some 1.1 km.
const CELL = 0.01;
const COLUMNS = 360 / CELL;
// Positions between two pauses: with a thousand places around each, some 20 ms on a slow phone.
const SLICE = 1024;

/**
 * A point of the map and all entries there: those of one ward share its centroid.
 * `from` and `to`: the time in which its entries' windows lie, with the gap of a visit around it.
 * @typedef {object} Spot
 * @property {NonNullable<Entry["point"]>} point
 * @property {Entry[]} entries
 * @property {number} from epoch ms
 * @property {number} to epoch ms
 */

/**
 * Who was at which spot and when.
 * @param {Spot[]} spots
 * @param {History} history its points in the order of time
 * @param {import("./types.js").Pause} pause
 * @returns {Promise<Presence[][]>} for each spot, in the order of time
 */
export async function visitsAt(spots, history, pause) {
  const trackers = spots.map((spot) => new Tracker(spot));
  const grid = gridOf(trackers);
  const { times, latitudes, longitudes, accuracies } = history;
  let order = 0;
  for (let i = 0; i < times.length; i += 1) {
    if (i % SLICE === 0) await pause(i / times.length);
    const error = errorOf(accuracies[i]);
    if (error > COARSEST) continue;
    order += 1;
    for (const tracker of grid.get(cellOf(latitudes[i], longitudes[i])) ?? []) {
      tracker.position(order, times[i], latitudes[i], longitudes[i], error);
    }
  }
  for (const stay of history.stays) {
    for (const tracker of grid.get(cellOf(stay.latitude, stay.longitude)) ?? []) tracker.stay(stay);
  }
  return trackers.map((tracker) => tracker.visits());
}

function errorOf(/** @type {number} */ accuracy) {
  return Number.isNaN(accuracy) ? USUAL_ERROR : accuracy;
}

/**
 * A run of positions.
 * @typedef {{start: number, last: number, distance: number}} Run
 */

/** Follows one phone past one spot. */
class Tracker {
  /** @param {Spot} spot */
  constructor({ point, from, to }) {
    this.point = point;
    this.from = from;
    this.to = to;
    // Metres of a degree here; of longitude, for a place of some kilometres, as at its centre.
    this.metresNorth = EARTH_RADIUS * RADIAN;
    this.metresEast = this.metresNorth * Math.cos(point.latitude * RADIAN);
    this.reach = point.radius + (point.approximate ? 0 : COARSEST);
    /** The number of the last position near here, to know of one elsewhere since. */
    this.lastOrder = -1;
    /** @type {Run[]} */
    this.runsThere = [];
    /** @type {Run[]} */
    this.runsNear = [];
    /** @type {Presence[]} */
    this.stays = [];
  }

  /** Metres beyond the radius; 0 inside. */
  distance(/** @type {number} */ latitude, /** @type {number} */ longitude) {
    const north = (latitude - this.point.latitude) * this.metresNorth;
    const east = (longitude - this.point.longitude) * this.metresEast;
    return Math.max(0, Math.sqrt(north * north + east * east) - this.point.radius);
  }

  position(
    /** @type {number} */ order,
    /** @type {number} */ time,
    /** @type {number} */ latitude,
    /** @type {number} */ longitude,
    /** @type {number} */ error,
  ) {
    if (time < this.from || time > this.to) return;
    const distance = this.distance(latitude, longitude);
    if (!this.isNear(distance, error)) return;
    const isUnbroken = order === this.lastOrder + 1;
    if (!isUnbroken) this.openThere = this.openNear = undefined;
    this.lastOrder = order;
    this.openNear = continued(this.runsNear, this.openNear, time, distance);
    if (this.isThere(distance, error)) {
      this.openThere = continued(this.runsThere, this.openThere, time, distance);
    }
  }

  /** A stay of the history itself: at a place on the map, hence with the usual error. */
  stay(/** @type {History["stays"][number]} */ { start, end, latitude, longitude, hoursKnown }) {
    const distance = this.distance(latitude, longitude);
    if (!this.isNear(distance, USUAL_ERROR)) return;
    const place = this.isThere(distance, USUAL_ERROR) ? "there" : "near";
    const from = minuteOf(start);
    const to = Math.max(from + MINUTE, Math.ceil(end / MINUTE) * MINUTE);
    this.stays.push({ start: from, end: to, hoursKnown: hoursKnown !== false, place, distance });
  }

  isNear(/** @type {number} */ distance, /** @type {number} */ error) {
    return distance <= (this.point.approximate ? 0 : error);
  }

  isThere(/** @type {number} */ distance, /** @type {number} */ error) {
    return distance === 0 && error <= this.point.radius && !this.point.approximate;
  }

  /** @returns {Presence[]} */
  visits() {
    return [
      ...this.runsThere.map((run) => visitOf(run, "there")),
      ...this.runsNear.map((run) => visitOf(run, "near")),
      ...this.stays,
    ];
  }
}

/** The open run, longer by this position; or a new one, if the gap is too long or none is open. */
function continued(
  /** @type {Run[]} */ runs,
  /** @type {Run|undefined} */ open,
  /** @type {number} */ time,
  /** @type {number} */ distance,
) {
  if (open && time - open.last <= GAP) {
    open.last = time;
    open.distance = Math.min(open.distance, distance);
    return open;
  }
  const run = { start: time, last: time, distance };
  runs.push(run);
  return run;
}

/** @returns {Presence} */
function visitOf(/** @type {Run} */ run, /** @type {Presence["place"]} */ place) {
  const end = minuteOf(run.last) + MINUTE;
  return { start: minuteOf(run.start), end, hoursKnown: true, place, distance: run.distance };
}

function minuteOf(/** @type {number} */ time) {
  return Math.floor(time / MINUTE) * MINUTE;
}

/**
 * The spots that a position in a cell could belong to, by cell.
 * @returns {Map<number, Tracker[]>}
 */
function gridOf(/** @type {Tracker[]} */ trackers) {
  const grid = new Map();
  for (const tracker of trackers) {
    const { latitude, longitude } = tracker.point;
    const north = tracker.reach / tracker.metresNorth;
    const east = tracker.reach / tracker.metresEast;
    const lastColumn = columnOf(longitude + east);
    const lastRow = rowOf(latitude + north);
    for (let row = rowOf(latitude - north); row <= lastRow; row += 1) {
      for (let column = columnOf(longitude - east); column <= lastColumn; column += 1) {
        const cell = row * COLUMNS + column;
        const others = grid.get(cell);
        if (others) others.push(tracker);
        else grid.set(cell, [tracker]);
      }
    }
  }
  return grid;
}

function cellOf(/** @type {number} */ latitude, /** @type {number} */ longitude) {
  return rowOf(latitude) * COLUMNS + columnOf(longitude);
}

function rowOf(/** @type {number} */ latitude) {
  return Math.floor((latitude + 90) / CELL);
}

function columnOf(/** @type {number} */ longitude) {
  return Math.floor((longitude + 180) / CELL);
}

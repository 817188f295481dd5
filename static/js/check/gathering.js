/** Gathers a history while its file is read: only numbers, and only those of the days in question. */

/**
 * @typedef {import("./types.js").Position} Position
 * @typedef {import("./types.js").History} History
 * @typedef {import("./types.js").Span} Span
 */

const FIRST_CAPACITY = 4096;

export class Gathering {
  /** @param {Span} span what lies outside of it is counted, and forgotten */
  constructor(span) {
    this.span = span;
    this.times = new Float64Array(FIRST_CAPACITY);
    this.latitudes = new Float64Array(FIRST_CAPACITY);
    this.longitudes = new Float64Array(FIRST_CAPACITY);
    this.accuracies = new Float32Array(FIRST_CAPACITY);
    this.kept = 0;
    /** @type {History["stays"]} */
    this.stays = [];
    this.read = { points: 0, stays: 0 };
    this.skipped = 0;
    this.first = Infinity;
    this.last = -Infinity;
  }

  /**
   * A position at a moment; counted as skipped if either could not be read.
   * @param {number} time epoch ms, or NaN
   * @param {Position|null} position
   * @param {number} [accuracy] metres, NaN if not known
   */
  point(time, position, accuracy = NaN) {
    if (Number.isNaN(time) || !position) {
      this.skipped += 1;
      return;
    }
    this.read.points += 1;
    this.extend(time, time);
    if (time < this.span.first || time > this.span.last) return;
    if (this.kept === this.times.length) this.grow();
    this.times[this.kept] = time;
    this.latitudes[this.kept] = position.latitude;
    this.longitudes[this.kept] = position.longitude;
    this.accuracies[this.kept] = accuracy;
    this.kept += 1;
  }

  /**
   * A stay at a place; counted as skipped if anything of it could not be read.
   * @param {number} start epoch ms, or NaN
   * @param {number} end epoch ms, or NaN
   * @param {Position|null} position
   * @param {boolean} [hoursKnown] false if only its days are known
   */
  stay(start, end, position, hoursKnown = true) {
    if (!(start <= end) || !position) {
      this.skipped += 1;
      return;
    }
    this.read.stays += 1;
    this.extend(start, end);
    if (end < this.span.first || start > this.span.last) return;
    this.stays.push({ start, end, ...position, hoursKnown });
  }

  extend(/** @type {number} */ start, /** @type {number} */ end) {
    if (start < this.first) this.first = start;
    if (end > this.last) this.last = end;
  }

  grow() {
    this.times = twiceAsLong(this.times);
    this.latitudes = twiceAsLong(this.latitudes);
    this.longitudes = twiceAsLong(this.longitudes);
    this.accuracies = twiceAsLong(this.accuracies);
  }

  /** @returns {History} with its points in the order of their times */
  history() {
    const { stays, first, last, skipped, read, kept } = this;
    const order = orderOf(this.times.subarray(0, kept));
    const inOrder = (/** @type {any} */ column) => {
      const filled = column.slice(0, kept);
      if (order) for (let i = 0; i < kept; i += 1) filled[i] = column[order[i]];
      return filled;
    };
    stays.sort((one, other) => one.start - other.start);
    return {
      times: inOrder(this.times),
      latitudes: inOrder(this.latitudes),
      longitudes: inOrder(this.longitudes),
      accuracies: inOrder(this.accuracies),
      stays,
      first,
      last,
      skipped,
      read,
    };
  }
}

function twiceAsLong(/** @type {any} */ column) {
  const longer = new column.constructor(column.length * 2);
  longer.set(column);
  return longer;
}

/**
 * Indexes in the order of time; null if the times are in order already, as in most files. A file
 * of several parts is a few runs in order, which the sort of plain arrays makes the most of.
 */
function orderOf(/** @type {Float64Array} */ times) {
  if (times.every((time, i) => i === 0 || times[i - 1] <= time)) return null;
  return Array.from(times, (_, i) => i).sort((one, other) => times[one] - times[other]);
}

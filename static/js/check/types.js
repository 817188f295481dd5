/**
 * The shapes of what the check works on; no code. It names no other module, and those that name it
 * make no circle: an address made of a file's content cannot stand inside of that same content.
 */

/**
 * The data that the page loads, decoded.
 * @typedef {object} Data
 * @property {string} at ISO 8601: when it was made
 * @property {string} version with which the portal says what has changed since
 * @property {Province[]} provinces
 * @property {Unit[]} units wards and districts that entries refer to
 * @property {Entry[]} entries
 */
/** @typedef {{name: string, latitude: number|null, longitude: number|null}} Unit */
/** @typedef {{label: string, number: string, dialled: string}} Hotline */
/** @typedef {{slug: string, name: string, url: string, hotlines: Hotline[]}} Province */
/**
 * @typedef {object} Entry
 * @property {'place'|'flight'} kind
 * @property {string} code
 * @property {string} url
 * @property {number} province index into `Data.provinces`
 * @property {string} name
 * @property {string} where
 * @property {string[]} actions
 * @property {''|'close'|'casual'|'monitor'} tier
 * @property {number} listedUntil epoch ms
 * @property {{latitude: number, longitude: number, radius: number, approximate: boolean}|null} [point]
 *   of a place; `radius` in metres
 * @property {number|null} [ward] of a place: index into `Data.units`
 * @property {number|null} [district] of a place: index into `Data.units`
 * @property {Window[]} [windows] of a place; none at all is the same as one without a day
 * @property {string} [number] of a flight: "VJ458"
 * @property {string} [date] of a flight: "2021-03-22"
 * @property {string} [rows] of a flight
 * @property {string} [route] of a flight
 * @property {string} [when] of a flight
 */
/**
 * From the earliest start to the latest end that what is known allows; a day without hours runs
 * from 00:00 to 24:00 of Vietnam.
 * @typedef {object} Window
 * @property {number|null} start epoch ms; null if the day is not known
 * @property {number|null} end epoch ms; null if the day is not known
 * @property {boolean} startKnown whether the hour of the start is known
 * @property {boolean} endKnown whether the hour of the end is known
 * @property {string} when in the words of the page
 */
/**
 * What the resident says: which entry, or which ward or district, and from when to when.
 * @typedef {{code?: string, ward?: number|null, district?: number|null,
 *   start: number, end: number, hoursKnown: boolean}} Stay
 */
/** @typedef {{number: string, date: string}} FlightTaken number "VJ458", date "2021-03-22" */
/**
 * What a location history says. `stays` with `hoursKnown: false` are known by their days only.
 * @typedef {object} History
 * @property {Float64Array} times epoch ms, in order
 * @property {Float64Array} latitudes
 * @property {Float64Array} longitudes
 * @property {Float32Array} accuracies metres, NaN if not known
 * @property {{start: number, end: number, latitude: number, longitude: number,
 *   hoursKnown?: boolean}[]} stays
 * @property {number} first epoch ms: what the file spans, not only what was kept of it
 * @property {number} last epoch ms
 * @property {number} skipped how many positions and stays could not be read
 * @property {{points: number, stays: number}} read how many could, kept or not
 */
/** @typedef {{first: number, last: number}} Span epoch ms */
/** @typedef {'certain'|'likely'|'possible'} Certainty */
/** @typedef {'overlap'|'same-day'|'time-unknown'|'nearby'|'same-unit'|'flight'} Why */
/**
 * One entry that concerns the resident: its surest window, the others in `also`.
 * @typedef {object} Match
 * @property {Entry} entry
 * @property {Window|null} window null for a flight, and for a place without any window
 * @property {Certainty} certainty
 * @property {Why} why
 * @property {number|null} minutes together, all visits added up, if the hours of both are known
 * @property {number|null} distance metres between the resident and the place (its radius is part
 *   of it: 0 is inside), if known from a history
 * @property {Match[]} also
 */
/**
 * A stay as it relates to one entry: named by the resident, found there or near in a history, or
 * somewhere in the unit.
 * @typedef {{start: number, end: number, hoursKnown: boolean,
 *   place: 'named'|'there'|'near'|'unit', distance: number|null}} Presence
 */
/** @typedef {{latitude: number, longitude: number}} Position degrees, WGS 84 */
/**
 * What long work calls between its slices: tells how far it is (0..1), lets others have their turn,
 * and stops with `Cancelled` if the answer is not wanted any more.
 * @typedef {(done: number) => Promise<void>} Pause
 */
/**
 * How to watch long work. `onProgress` gets 0..1; if it returns a promise, the work waits for it.
 * @typedef {{onProgress?: (done: number) => void|Promise<void>, isCancelled?: () => boolean}} Watch
 */

export {};

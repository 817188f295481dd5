/** The list that the check compares with: fetched once, and again when it has grown old. */

import { decode, updated } from "./data.js";
import { flightSuggestions, placeSuggestions } from "./suggestions.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./suggestions.js").Suggestion} Suggestion */

const OLD = 30 * 60_000;

export class List {
  /**
   * @param {string} address of `data.json`
   * @param {Record<string, string>} phrases of windows
   */
  constructor(address, phrases) {
    this.address = address;
    this.phrases = phrases;
    /** @type {Data|null} */
    this.data = null;
    /** @type {Suggestion[]} */
    this.places = [];
    /** @type {Suggestion[]} */
    this.flights = [];
    this.loadedAt = 0;
  }

  /** @throws {Error} if it cannot be had, or not be read */
  async load() {
    this.data = (await this.changed()) ?? (await this.fetched(""));
    this.loadedAt = Date.now();
    this.places = placeSuggestions(this.data);
    this.flights = flightSuggestions(this.data);
  }

  /** The list with what has changed since it was loaded; null if only the whole can be had. */
  async changed() {
    if (!this.data) return null;
    const answer = await this.fetched(`?tu=${encodeURIComponent(this.data.version)}`);
    if (answer.since === null) return answer;
    // Made before the list: the portal's clock was set back.
    return Date.parse(answer.at) < Date.parse(this.data.at) ? null : updated(this.data, answer);
  }

  /** @returns {Promise<Data>} */
  async fetched(/** @type {string} */ query) {
    const way = { credentials: "omit", referrerPolicy: "no-referrer" };
    const response = await fetch(this.address + query, /** @type {RequestInit} */ (way));
    if (!response.ok) throw new Error(`${response.status}`);
    return decode(await response.json(), this.phrases);
  }

  /** Loads it again where the page has been open for long; without a network the old one serves. */
  async refresh() {
    if (Date.now() - this.loadedAt > OLD) await this.load().catch(() => {});
  }

  /**
   * The portal's time, epoch ms: that of the file, and what has passed since it came. The clock of
   * the device does not decide, because a wrong one could hide what is still listed. A file that
   * was kept for reading without a network is older than it counts as here: what has expired since
   * may still be found then, but never the reverse, and the page says of when the list is.
   */
  get now() {
    const passed = Math.max(0, Date.now() - this.loadedAt);
    return this.data ? Date.parse(this.data.at) + passed : Date.now();
  }

  /** Without what has expired since the file was made. @returns {Data} */
  get current() {
    const { now } = this;
    return { ...this.data, entries: this.data.entries.filter((entry) => entry.listedUntil > now) };
  }
}

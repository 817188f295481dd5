/** A row of the form: a place or flight, its day and hours, and what is wrong with them. */

import { Combobox } from "./combobox.js";
import { DISTRICT, WARD } from "./data.js";
import { InputError, dayFrom, flightNumberFrom, hourFrom, spanOf } from "./inputs.js";
import { flightNumber } from "./matching.js";
import { matching, named } from "./suggestions.js";
import { copyOf } from "./templates.js";
import { counted, dayOf, midnightOf } from "./wording.js";

/** @typedef {import("./types.js").Stay} Stay */
/** @typedef {import("./types.js").FlightTaken} FlightTaken */
/** @typedef {import("./suggestions.js").Suggestion} Suggestion */
/**
 * What a row needs of the page around it.
 * @typedef {object} Page
 * @property {any} words
 * @property {import("./list.js").List} list
 * @property {(text: string) => void} announce
 */
/**
 * What rows say: stays and flights to compare, and texts that stand for nothing in the list.
 * @typedef {{stays: Stay[], flights: FlightTaken[], unlisted: string[]}} Said
 */

let made = 0;

class Row {
  /** @param {string} template @param {Page} page */
  constructor(template, page) {
    this.page = page;
    this.element = copyOf(template);
    made += 1;
    for (const input of this.inputs) this.connect(input, `row-${made}-${input.dataset.field}`);
    const options = /** @type {HTMLElement} */ (this.element.querySelector("[role=listbox]"));
    options.id = `row-${made}-options`;
    this.input("what").setAttribute("aria-controls", options.id);
    this.combobox = new Combobox(this.input("what"), options, {
      find: (text) => matching(this.suggestions, text),
      show: (suggestion) => this.option(suggestion),
      announce: (shown) => this.announce(shown),
      onChoose: (suggestion) => this.chose(suggestion),
    });
  }

  /** @returns {HTMLInputElement[]} */
  get inputs() {
    return [...this.element.querySelectorAll("input")];
  }

  get isEmpty() {
    return this.inputs.every((input) => !input.value.trim());
  }

  /** @returns {HTMLInputElement} */
  input(/** @type {string} */ field) {
    return this.element.querySelector(`[data-field="${field}"]`);
  }

  value(/** @type {string} */ field) {
    return this.input(field).value.trim();
  }

  /** Gives an input its label and the place where its problem is said. */
  connect(/** @type {HTMLInputElement} */ input, /** @type {string} */ id) {
    input.id = id;
    input.parentElement.querySelector("label").htmlFor = id;
    const problem = this.problemOf(input.dataset.field);
    problem.id = `${id}-problem`;
    input.setAttribute("aria-describedby", problem.id);
    input.addEventListener("input", () => this.say(input.dataset.field, null));
  }

  /** @returns {HTMLElement} */
  problemOf(/** @type {string} */ field) {
    return this.element.querySelector(`[data-problem="${field}"]`);
  }

  /** Says what is wrong with a field, by the name of the sentence; null: nothing. */
  say(/** @type {string} */ field, /** @type {string|null} */ problem) {
    const said = this.problemOf(field);
    said.textContent = problem ? this.page.words.problems[problem] : "";
    said.hidden = !problem;
    this.input(field).setAttribute("aria-invalid", String(Boolean(problem)));
    this.input(field).parentElement.classList.toggle("wrong", Boolean(problem));
  }

  /**
   * What `read` makes of a field; undefined if it makes no sense, which is said beside it.
   * @template Read
   * @param {string} field
   * @param {() => Read} read
   * @returns {Read|undefined}
   */
  attempt(field, read) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.say(field, error.message);
      return undefined;
    }
  }

  /** @returns {string|undefined} "2021-03-24" */
  day() {
    return this.attempt("day", () => dayFrom(this.value("day"), this.page.list.now));
  }

  option(/** @type {Suggestion} */ { name, detail, unit, count }) {
    const number = unit === null ? "" : counted(this.page.words.places, count);
    return copyOf("option", { name, detail, count: number });
  }

  announce(/** @type {number} */ shown) {
    const { words } = this.page;
    const hint = /** @type {HTMLElement} */ (this.element.querySelector(".hint"));
    hint.textContent = shown ? "" : words["no-suggestion"];
    hint.hidden = shown > 0;
    this.page.announce(shown ? counted(words.suggestions, shown) : hint.textContent);
  }

  chose(/** @type {Suggestion} */ suggestion) {
    this.say("what", null);
  }
}

export class StayRow extends Row {
  constructor(/** @type {Page} */ page) {
    super("stay", page);
  }

  get suggestions() {
    return this.page.list.places;
  }

  /** @returns {Said|null} null if something makes no sense, which is said beside it */
  read() {
    const place = this.attempt("what", () => this.place());
    const span = this.span();
    if (!place || !span) return null;
    if (typeof place === "string") return { stays: [], flights: [], unlisted: [place] };
    const stays = place.codes.map((code) => ({ code, ...span }));
    if (place.unit !== null) stays.push({ ...this.levelsOf(place.unit), ...span });
    return { stays, flights: [], unlisted: [] };
  }

  /** @returns {Suggestion|string} what was chosen or typed; the text if the list has no such thing */
  place() {
    const text = this.value("what");
    if (!text) throw new InputError("place-missing");
    const place = this.combobox.chosen ?? named(this.suggestions, text);
    if (place) return place;
    if (matching(this.suggestions, text).length) throw new InputError("place-unclear");
    return text;
  }

  /** From when to when, epoch ms. */
  span() {
    const day = this.day();
    const [from, to] = ["from", "to"].map((field) => this.hour(field));
    if (!day || from === undefined || to === undefined) return undefined;
    return this.attempt("to", () => spanOf(day, from === null ? null : { from, to }));
  }

  /** Minutes since midnight; null if no hour is given at all. */
  hour(/** @type {string} */ field) {
    const isGiven = this.value("from") || this.value("to");
    return isGiven ? this.attempt(field, () => hourFrom(this.value(field))) : null;
  }

  /** A ward with its district: of some places no more is known. */
  levelsOf(/** @type {number} */ unit) {
    const { units } = this.page.list.data;
    const { level, parent } = units[unit];
    if (level !== WARD) return { district: unit };
    return { ward: unit, district: units[parent].level === DISTRICT ? parent : null };
  }
}

export class FlightRow extends Row {
  constructor(/** @type {Page} */ page) {
    super("flight", page);
  }

  get suggestions() {
    return this.page.list.flights;
  }

  /** A flight of the list has its day. */
  chose(/** @type {Suggestion} */ suggestion) {
    super.chose(suggestion);
    this.input("day").value = dayOf(midnightOf(suggestion.entry.date));
    this.say("day", null);
  }

  /** @returns {Said|null} */
  read() {
    const number = this.attempt("what", () => this.number());
    const date = this.day();
    if (!number || !date) return null;
    const isListed = this.suggestions.some(({ entry }) => flightNumber(entry.number) === number);
    return { stays: [], flights: [{ number, date }], unlisted: isListed ? [] : [number] };
  }

  number() {
    const text = this.value("what");
    if (!text) throw new InputError("flight-missing");
    return flightNumber(flightNumberFrom(text));
  }
}

/** Rows of one kind, to which more can be added. */
export class Rows {
  /**
   * @param {HTMLElement} element
   * @param {() => StayRow|FlightRow} make
   * @param {HTMLElement} button that adds one
   */
  constructor(element, make, button) {
    this.element = element;
    this.make = make;
    /** @type {(StayRow|FlightRow)[]} */
    this.rows = [];
    this.add();
    button.addEventListener("click", () => this.add().input("what").focus());
  }

  add() {
    const row = this.make();
    const remove = /** @type {HTMLElement} */ (row.element.querySelector(".remove"));
    remove.addEventListener("click", () => this.remove(row));
    this.rows.push(row);
    this.element.append(row.element);
    this.element.classList.toggle("several", this.rows.length > 1);
    return row;
  }

  remove(/** @type {StayRow|FlightRow} */ row) {
    this.rows.splice(this.rows.indexOf(row), 1);
    row.element.remove();
    this.element.classList.toggle("several", this.rows.length > 1);
    this.rows.at(-1).input("what").focus();
  }

  /** @returns {(Said|null)[]} of each row in which anything was written */
  read() {
    return this.rows.filter((row) => !row.isEmpty).map((row) => row.read());
  }
}

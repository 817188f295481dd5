/** What was found, said: what to do first, whom to call, then what it is and why it matches. */

import { copyOf, slotOf } from "./templates.js";
import { counted, dayOf, filled, hourOf } from "./wording.js";

/** @typedef {import("./types.js").Match & {entry: import("./data.js").Entry}} Match */
/**
 * @typedef {object} Outcome
 * @property {import("./data.js").Data} data
 * @property {Match[]} matches the most certain first
 * @property {(number|null|undefined)[]} units that the resident named
 * @property {string[]} unlisted what was named and is not in the list
 * @property {import("./file.js").Compared["summary"]|null} summary of a file
 */

/** As a notice of which severity a group looks; that it says its certainty in words comes first. */
const LOOKS = { certain: "urgent", likely: "important", possible: "information" };
/** Of a group; the others are folded away. */
const SHOWN = 10;
const HOUR = 60;
const KILOMETRE = 1000;

export class Results {
  constructor(/** @type {any} */ words) {
    this.words = words;
    this.section = document.getElementById("found");
    this.heading = document.getElementById("h-found");
    this.cards = document.getElementById("results");
    this.about = document.getElementById("about-results");
    /** @type {Outcome|null} */
    this.outcome = null;
  }

  hide() {
    this.section.hidden = true;
  }

  /** Shows it and moves the focus there, which has a screen reader say it. */
  show(/** @type {Outcome} */ outcome) {
    this.outcome = outcome;
    const { matches, data, unlisted, summary } = outcome;
    const { words } = this;
    this.heading.textContent = matches.length ? counted(words.found, matches.length) : words.nothing;
    this.cards.replaceChildren(
      ...unlisted.map((text) => paragraph(filled(words.unlisted, { text }), "unlisted")),
      ...(matches.length ? grouped(matches).map((group) => this.group(group)) : this.nothing()),
    );
    const lines = [aboutList(data, words), ...(summary ? aboutFile(summary, words) : [])];
    this.about.replaceChildren(...lines.map((line) => paragraph(line)));
    this.section.hidden = false;
    this.heading.focus({ preventScroll: true });
    this.section.scrollIntoView();
  }

  /** Matches that are as certain as one another and ask for the same. */
  group(/** @type {Match[]} */ matches) {
    const { certainty, entry } = matches[0];
    const items = matches.map((match) => this.match(match));
    const group = copyOf("group", {
      certainty: this.words.certainty[certainty],
      actions: entry.actions.length ? entry.actions.map((text) => this.action(text)) : [copyOf("no-action")],
      hotlines: entry.hotlines.length ? entry.hotlines.map((line) => this.call(line)) : null,
      matches: items.slice(0, SHOWN),
    });
    group.classList.add(LOOKS[certainty]);
    slotOf(group, "untranslated").hidden = !entry.actions.some((text) => this.isVietnamese(text));
    if (items.length > SHOWN) slotOf(group, "matches").after(this.more(items.slice(SHOWN)));
    return group;
  }

  action(/** @type {string} */ text) {
    const action = paragraph(text);
    if (this.isVietnamese(text)) action.lang = "vi";
    return action;
  }

  isVietnamese(/** @type {string} */ text) {
    return this.outcome.data.vietnamese.has(text);
  }

  call(/** @type {import("./types.js").Hotline} */ { label, number, dialled }) {
    const call = copyOf("call", { number: filled(this.words.call, { number }), label });
    slotOf(call, "link").href = `tel:${dialled}`;
    return call;
  }

  more(/** @type {HTMLElement[]} */ items) {
    const more = copyOf("more", { matches: items });
    slotOf(more, "count").textContent = counted(this.words.more, items.length);
    return more;
  }

  match(/** @type {Match} */ match) {
    const { entry, window, also } = match;
    const others = also.map((other) => other.window?.when).filter(Boolean);
    const item = copyOf("match", {
      name: this.name(entry),
      tier: this.words.tiers[entry.tier] ?? null,
      when: window?.when ?? entry.when ?? this.words.windows.unknown,
      where: entry.where,
      why: this.why(match),
      also: others.length ? filled(this.words.also, { when: others.join("; ") }) : null,
    });
    slotOf(item, "name").href = entry.url;
    return item;
  }

  /** As on the sign; on an English page with its translation behind it. */
  name(/** @type {Match["entry"]} */ entry) {
    if (entry.kind === "flight") return filled(this.words.flight, { number: entry.name });
    const name = document.createElement("span");
    name.lang = "vi";
    name.textContent = entry.name;
    return entry.english ? [name, document.createTextNode(` (${entry.english})`)] : [name];
  }

  why(/** @type {Match} */ match) {
    const { entry, why, distance } = match;
    const reason = filled(this.words.why[reasonOf(match)], {
      duration: this.duration(match.minutes ?? 0),
      distance: this.length(distance ?? 0),
      unit: this.namedUnit(entry),
    });
    const whose = distance === null ? reason : filled(this.words["by-file"], { why: lowered(reason) });
    const rows = why === "flight" && entry.rows ? filled(this.words.rows, { rows: entry.rows }) : "";
    return `${whose} ${rows}`.trim();
  }

  namedUnit(/** @type {Match["entry"]} */ { ward, district }) {
    const { units, data } = this.outcome;
    const unit = units.includes(ward) ? ward : district;
    return data.units[unit]?.name ?? "";
  }

  duration(/** @type {number} */ minutes) {
    const hours = Math.floor(minutes / HOUR);
    const parts = [
      hours ? counted(this.words.hours, hours) : "",
      minutes % HOUR || !hours ? counted(this.words.minutes, minutes % HOUR) : "",
    ];
    return parts.join(" ").trim();
  }

  /** To what a phone's position is good for: 10 m, or 100 m beyond a kilometre. */
  length(/** @type {number} */ metres) {
    if (metres < KILOMETRE) return filled(this.words.metres, { n: Math.ceil(metres / 10) * 10 });
    return filled(this.words.kilometres, { n: Math.round(metres / 100) / 10 });
  }

  /** What it means and what it does not, and whom to call all the same. */
  nothing() {
    const { provinces } = this.outcome.data;
    const lines = provinces
      .filter((province) => province.hotlines.length)
      .map(({ name, hotlines }) =>
        copyOf("province-lines", { name, hotlines: hotlines.map((line) => this.call(line)) }),
      );
    return [copyOf("nothing"), ...(lines.length ? [copyOf("lines", { provinces: lines })] : [])];
  }
}

/** Of when the list is and what is in it. */
export function aboutList(/** @type {Outcome["data"]} */ { at, entries }, /** @type {any} */ words) {
  const moment = Date.parse(at);
  const flights = entries.filter(({ kind }) => kind === "flight").length;
  return filled(words.list, {
    at: `${hourOf(moment)} ${dayOf(moment)}`,
    places: counted(words.places, entries.length - flights),
    flights: counted(words.flights, flights),
  });
}

function aboutFile(/** @type {NonNullable<Outcome["summary"]>} */ summary, /** @type {any} */ words) {
  const { points, stays, first, last, skipped, notCompared } = summary;
  const read = { points: points + stays, first: dayOf(first), last: dayOf(last) };
  return [
    filled(words["file-read"], read),
    ...(skipped ? [counted(words["file-skipped"], skipped)] : []),
    ...(notCompared ? [counted(words["not-compared"], notCompared)] : []),
  ];
}

function grouped(/** @type {Match[]} */ matches) {
  /** @type {Map<string, Match[]>} */
  const groups = new Map();
  for (const match of matches) {
    const { actions, hotlines } = match.entry;
    const key = JSON.stringify([match.certainty, actions, hotlines]);
    groups.set(key, [...(groups.get(key) ?? []), match]);
  }
  return [...groups.values()];
}

/** The name of the sentence that says why. */
function reasonOf(/** @type {Match} */ { entry, why, distance }) {
  if (why !== "nearby") return why;
  if (entry.point?.approximate) return "in-area";
  return distance ? "nearby" : "close-by";
}

function lowered(/** @type {string} */ text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function paragraph(/** @type {string} */ text, className = "") {
  const element = document.createElement("p");
  element.textContent = text;
  element.className = className;
  return element;
}

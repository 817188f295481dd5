/**
 * GPX 1.0 and 1.1 (topografix.com/GPX/1/1): tracks, routes and waypoints that carry a time. Workers
 * have no DOMParser, so the tags are told apart here, piece by piece of the file.
 */

import { HistoryError } from "../failures.js";
import { momentOf, numberOf, positionOf } from "./values.js";

/** @typedef {import("../gathering.js").Gathering} Gathering */

const PIECE = 128 * 1024;
// Longer than any tag or comment of a track: what has no end by then is no GPX.
const LONGEST_TOKEN = 1024 * 1024;

const TOKEN = new RegExp(
  [
    "<!--[\\s\\S]*?-->",
    "<!\\[CDATA\\[(?<cdata>[\\s\\S]*?)\\]\\]>",
    "<\\?[\\s\\S]*?\\?>",
    "<!DOCTYPE(?:[^<>[\"']|\"[^\"]*\"|'[^']*'|\\[[\\s\\S]*?\\])*>",
    "<(?<slash>/?)(?<name>[\\w.:-]+)(?<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    "(?<text>[^<]+)(?=<)",
  ].join("|"),
  "y",
);
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const POINTS = new Set(["trkpt", "rtept", "wpt"]);

/**
 * @param {Uint8Array} bytes UTF-8 (or any encoding that shares ASCII: times and positions are that)
 * @param {Gathering} into
 * @param {import("../types.js").Pause} pause
 * @throws {HistoryError} "unknown-format" if it is other XML, "damaged" if it ends too early
 */
export async function readGpx(bytes, into, pause) {
  const tags = new Tags(into);
  const text = new TextDecoder();
  let rest = "";
  for (let position = 0; position < bytes.length; position += PIECE) {
    await pause(position / bytes.length);
    rest = tags.read(
      rest + text.decode(bytes.subarray(position, position + PIECE), { stream: true }),
    );
    if (rest.length > LONGEST_TOKEN) {
      throw new HistoryError("damaged", `a tag before byte ${position + PIECE} has no end`);
    }
  }
  if (rest.trim() || !tags.isComplete) {
    throw new HistoryError("damaged", `the file ends at byte ${bytes.length}, inside its data`);
  }
}

/** Follows the tags of a GPX file and hands out its points. */
class Tags {
  /** @param {Gathering} into */
  constructor(into) {
    this.into = into;
    /** @type {string[]} the names of the elements that are open, without namespace */
    this.open = [];
    this.isComplete = false;
    /** @type {{position: import("../types.js").Position|null, time: string}|null} */
    this.point = null;
  }

  /**
   * @param {string} text
   * @returns {string} the end of the text that is no whole tag yet
   */
  read(text) {
    let position = 0;
    while (position < text.length) {
      TOKEN.lastIndex = position;
      const token = TOKEN.exec(text);
      if (!token) break;
      position = TOKEN.lastIndex;
      const { name, slash, attributes, cdata, text: words } = token.groups ?? {};
      if (name) this.tag(name.replace(/^.*:/, ""), Boolean(slash), attributes);
      else if (cdata !== undefined) this.words(cdata);
      else if (words !== undefined) this.words(unescaped(words));
    }
    return text.slice(position);
  }

  tag(/** @type {string} */ name, /** @type {boolean} */ isEnd, /** @type {string} */ attributes) {
    if (isEnd) {
      this.end(name);
      return;
    }
    if (this.open.length === 0 && name !== "gpx") throw new HistoryError("unknown-format", name);
    this.open.push(name);
    if (POINTS.has(name)) this.point = { position: positionIn(attributes), time: "" };
    if (attributes.endsWith("/")) this.end(name);
  }

  end(/** @type {string} */ name) {
    if (this.open.pop() !== name)
      throw new HistoryError("damaged", `</${name}> ends what never began`);
    if (this.point && POINTS.has(name)) {
      this.into.point(momentOf(this.point.time), this.point.position);
      this.point = null;
    }
    this.isComplete = this.open.length === 0;
  }

  /** Only the point's own time counts, not one inside its extensions. */
  words(/** @type {string} */ words) {
    const [parent, element] = this.open.slice(-2);
    if (this.point && element === "time" && POINTS.has(parent)) this.point.time += words;
  }
}

function positionIn(/** @type {string} */ attributes) {
  let latitude = NaN;
  let longitude = NaN;
  for (const [, name, double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = numberOf(unescaped(double ?? single));
    if (name === "lat") latitude = value;
    if (name === "lon") longitude = value;
  }
  return positionOf(latitude, longitude);
}

/** Of the entities only numbers matter: nothing else is ever read. */
function unescaped(/** @type {string} */ text) {
  return text.includes("&")
    ? text.replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex, decimal) => {
        const code = hex ? parseInt(hex, 16) : Number(decimal);
        return code <= 0x10ffff ? String.fromCodePoint(code) : "";
      })
    : text;
}

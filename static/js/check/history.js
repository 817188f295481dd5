/** Reads a location history file of any kind that residents can get. */

import { Cancelled, HistoryError, pauseFor } from "./failures.js";
import { readGpx } from "./formats/gpx.js";
import { entriesOf, isSpace } from "./formats/json_entries.js";
import { readRecord, readTimelineObject } from "./formats/takeout.js";
import { readSegment, readSignal } from "./formats/timeline.js";
import { Gathering } from "./gathering.js";

export { Cancelled, HistoryError };

/** Bytes. More does not fit beside the page in a phone of 2 GB. */
export const LARGEST_FILE = 200 * 1024 * 1024;

/**
 * What reads the entries of an array, by the array's key; "" is an array without one. It says
 * whether the entry is of its kind.
 * @type {Map<string, (entry: any, into: Gathering) => boolean>}
 */
const READERS = new Map([
  ["semanticSegments", readSegment],
  ["rawSignals", readSignal],
  ["locations", readRecord],
  ["timelineObjects", readTimelineObject],
  ["", readSegment],
]);

/**
 * @param {ArrayBuffer|Uint8Array} file the whole file
 * @param {{span?: import("./types.js").Span} & import("./types.js").Watch} [options]
 *   `span`: the days in question; what lies outside is counted but not kept
 * @returns {Promise<import("./types.js").History>}
 * @throws {HistoryError} "too-large", "empty", "not-json" (neither JSON nor XML), "unknown-format",
 *   or "damaged". Half a file is refused: "nothing found" in it would be taken for the whole.
 * @throws {Cancelled}
 */
export async function readHistory(
  file,
  { span = { first: -Infinity, last: Infinity }, ...watch } = {},
) {
  const whole = file instanceof Uint8Array ? file : new Uint8Array(file);
  if (whole.length > LARGEST_FILE) throw new HistoryError("too-large", `${whole.length} bytes`);
  const bytes = trimmed(whole);
  const into = new Gathering(span);
  const pause = pauseFor(watch);
  await pause(0);
  switch (kindOf(bytes)) {
    case "json":
      await readJson(bytes, into, pause);
      break;
    case "xml":
      await readGpx(bytes, into, pause);
      break;
  }
  const { points, stays } = into.read;
  if (points + stays === 0) throw new HistoryError("empty", `${into.skipped} entries unreadable`);
  await pause(1);
  return into.history();
}

/** Without the mark that some editors put before UTF-8, and without space before the data. */
function trimmed(/** @type {Uint8Array} */ bytes) {
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length && isSpace(bytes[start])) start += 1;
  return bytes.subarray(start);
}

function kindOf(/** @type {Uint8Array} */ bytes) {
  if (bytes.length === 0) throw new HistoryError("empty", "0 bytes");
  const beginning = String.fromCharCode(...bytes.subarray(0, 4));
  if (beginning === "PK\x03\x04") throw new HistoryError("unknown-format", "zip");
  if (/^[[{]/.test(beginning)) return "json";
  if (beginning.startsWith("<")) return "xml";
  throw new HistoryError("not-json", `begins with byte ${bytes[0]}`);
}

async function readJson(
  /** @type {Uint8Array} */ bytes,
  /** @type {Gathering} */ into,
  /** @type {import("./types.js").Pause} */ pause,
) {
  let areArraysKnown = false;
  let seen = 0;
  let known = 0;
  for (const { section, entries, position } of entriesOf(bytes, (key) => READERS.has(key))) {
    const read = section === null ? undefined : READERS.get(section);
    if (read) {
      areArraysKnown = true;
      seen += entries.length;
      for (const entry of entries) if (read(entry, into)) known += 1;
    }
    await pause(position / bytes.length);
  }
  if (!areArraysKnown || (seen && !known)) throw new HistoryError("unknown-format", "json");
}

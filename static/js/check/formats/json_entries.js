/**
 * The entries of the long arrays in a JSON file, without ever holding the whole file as objects:
 * 200 MB of text would become half a gigabyte of them, and a phone would end the page.
 */

import { HistoryError } from "../failures.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

// Bytes that are read between two pauses: some 20 ms on a slow phone.
const SLICE = 128 * 1024;

/**
 * A few entries that follow one another. `section` is the key of their array in the file's outer
 * object, "" if the array itself is the file, null between such arrays: then `position` (in bytes)
 * only says how far the reading is.
 * @typedef {{section: string|null, entries: unknown[], position: number}} Slice
 */

/**
 * Only brackets and strings are looked at, in bytes: in UTF-8 these never occur inside another
 * letter. What belongs to a wanted array is then parsed as JSON, slice by slice.
 * @param {Uint8Array} bytes UTF-8, from the first bracket
 * @param {(section: string) => boolean} isWanted
 * @returns {Generator<Slice>}
 * @throws {HistoryError} "damaged": the file ends too early, or is no JSON in a wanted array
 */
export function* entriesOf(bytes, isWanted) {
  const text = new TextDecoder();
  const decoded = (/** @type {number} */ from, /** @type {number} */ to) =>
    text.decode(bytes.subarray(from, to));
  let position = 0;
  let depth = 0; // how many brackets are open
  let stringFrom = 0; // where the last string lies: before a bracket, it is the array's key
  let stringTo = 0;
  let section = "";
  let entryDepth = 0; // the depth inside the wanted array that is being read, 0 outside of one
  let from = 0; // where what is not yet handed out begins

  const taken = () => {
    let entries;
    try {
      entries = entryDepth ? JSON.parse(`[${decoded(from, position)}]`) : [];
    } catch {
      throw new HistoryError("damaged", `no JSON between bytes ${from} and ${position}`);
    }
    from = position + 1;
    return { section: entryDepth ? section : null, entries, position };
  };

  while (position < bytes.length) {
    switch (bytes[position]) {
      case QUOTE:
        stringFrom = position;
        position = endOfString(bytes, position);
        stringTo = position + 1;
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        depth += 1;
        if (!entryDepth && bytes[position] === OPEN_BRACKET && depth <= 2) {
          section = depth === 1 ? "" : keyOf(decoded(stringFrom, stringTo));
          if ((depth === 1 || bytes[0] === OPEN_BRACE) && isWanted(section)) {
            entryDepth = depth;
            from = position + 1;
          }
        }
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        if (depth === entryDepth) {
          yield taken();
          entryDepth = 0;
        }
        depth -= 1;
        if (depth === 0) {
          requireEnd(bytes, position + 1);
          return;
        }
        break;
      case COMMA:
        if (position - from >= SLICE && (!entryDepth || depth === entryDepth)) yield taken();
        break;
    }
    position += 1;
  }
  throw new HistoryError("damaged", `the file ends at byte ${bytes.length}, inside its data`);
}

function endOfString(/** @type {Uint8Array} */ bytes, /** @type {number} */ start) {
  let end = start;
  let escapes;
  do {
    end = bytes.indexOf(QUOTE, end + 1);
    if (end < 0) {
      throw new HistoryError("damaged", `the file ends at byte ${bytes.length}, inside a word`);
    }
    for (escapes = 0; bytes[end - 1 - escapes] === BACKSLASH;) escapes += 1;
  } while (escapes % 2);
  return end;
}

function keyOf(/** @type {string} */ string) {
  try {
    return String(JSON.parse(string));
  } catch {
    return "";
  }
}

function requireEnd(/** @type {Uint8Array} */ bytes, /** @type {number} */ position) {
  for (let i = position; i < bytes.length; i += 1) {
    if (!isSpace(bytes[i])) throw new HistoryError("damaged", `more data from byte ${i}`);
  }
}

export function isSpace(/** @type {number} */ byte) {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

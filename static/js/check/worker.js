/**
 * Compares a location history with the portal's data away from the page, so that the page stays
 * usable. The file does not leave this worker, which asks nothing of the network.
 *
 * In:  `{type: "match", data, file: {name, bytes}}` (transfer `bytes`), `{type: "cancel"}`.
 * Out: `{type: "progress", phase: "reading"|"matching", done: 0..1}` every `SAY_EVERY` ms or so,
 *      then `{type: "result", matches, summary}` or `{type: "failed", reason, detail}`; after a
 *      cancel, nothing. A further "match" takes the place of one that is under way.
 * `summary`: how many `points` and `stays` could be read, from when to when (`first` and `last`,
 *      epoch ms), how many were `skipped`, and how many places of the data are `notCompared`.
 */

import { Cancelled, HistoryError, readHistory } from "./history.js";
import { matchHistory, notCompared, spanOf } from "./matching.js";

const SAY_EVERY = 40;

/** What is under way; anything else that still runs has been cancelled. */
let current = {};

self.addEventListener("message", (/** @type {MessageEvent} */ { data: message }) => {
  current = {};
  if (message.type === "match") run(message, current);
});

async function run(
  /** @type {{data: import("./types.js").Data, file: {bytes: ArrayBuffer}}} */ { data, file },
  /** @type {object} */ job,
) {
  const isCancelled = () => job !== current;
  try {
    const reading = { onProgress: teller("reading"), isCancelled };
    const history = await readHistory(file.bytes, { span: spanOf(data), ...reading });
    const matching = { onProgress: teller("matching"), isCancelled };
    const matches = await matchHistory(data, history, matching);
    const { read, first, last, skipped } = history;
    const summary = { ...read, first, last, skipped, notCompared: notCompared(data).length };
    self.postMessage({ type: "result", matches, summary });
  } catch (error) {
    if (error instanceof Cancelled) return;
    if (!(error instanceof HistoryError)) {
      // A fault of ours: thrown outside of this promise, it reaches the page's `onerror`.
      setTimeout(() => {
        throw error;
      });
      return;
    }
    self.postMessage({ type: "failed", reason: error.reason, detail: error.detail });
  }
}

/** Tells at once and then at most every `SAY_EVERY` ms; then messages to this worker are heard. */
function teller(/** @type {"reading"|"matching"} */ phase) {
  let told = -Infinity;
  return async (/** @type {number} */ done) => {
    const now = performance.now();
    if (now - told < SAY_EVERY) return;
    self.postMessage({ type: "progress", phase, done });
    await new Promise((resume) => setTimeout(resume));
    told = performance.now();
  };
}

/** What bench/check.py and tests/js/test_worker.py run in a browser. */

import { matchHistory } from "../static/js/check/matching.js";
import { makeData, makeHistory, recordsFile } from "./check_data.js";

/** @typedef {{data: any, history: any, file: Uint8Array<ArrayBuffer>}} Made */
/** @type {Made} */
let made;
/** @type {Worker|undefined} */
let worker;

/**
 * Makes the data, a history and its file.
 * @param {number} windows
 * @param {number} points
 * @returns {number} bytes of the file
 */
export function prepare(windows, points) {
  const data = makeData(windows, 1);
  const history = makeHistory(points, 2, data);
  made = { data, history, file: recordsFile(history) };
  return made.file.length;
}

/** A new worker, whose code has never run: as a resident meets it, who compares one file. */
export function renew() {
  worker?.terminate();
  worker = new Worker("/static/js/check/worker.js", { type: "module" });
}

/**
 * Has the worker compare the file.
 * @param {string} [cancelIn] the phase in which it is cancelled, at the first sign of it
 * @returns {Promise<any>} its answer, with the milliseconds of each phase and the longest silence;
 *   if cancelled, what was still heard within half a second
 */
export function ask(cancelIn) {
  if (!worker) renew();
  const bytes = made.file.slice().buffer;
  /** @type {any[]} */
  const heard = [];
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker does not load"));
    worker.onmessage = ({ data: message }) => {
      heard.push({ ...message, at: performance.now() });
      if (message.type !== "progress") resolve(summed(heard));
      else if (message.phase === cancelIn) {
        worker.postMessage({ type: "cancel" });
        const before = heard.length;
        setTimeout(() => resolve({ after: heard.slice(before) }), 500);
      }
    };
    worker.postMessage({ type: "match", data: made.data, file: { name: "Records.json", bytes } }, [
      bytes,
    ]);
  });
}

function summed(/** @type {any[]} */ heard) {
  const { at: end, matches, ...answer } = heard[heard.length - 1];
  const start = heard[0].at;
  const between = heard.find(({ phase }) => phase === "matching")?.at ?? end;
  const silences = heard.slice(1).map(({ at }, i) => at - heard[i].at);
  return {
    ...answer,
    matches: matches?.length,
    certain: matches?.filter((/** @type {any} */ { certainty }) => certainty === "certain").length,
    reading: between - start,
    matching: end - between,
    silence: Math.max(...silences),
  };
}

/** @returns {Promise<number>} milliseconds of the matching in the page itself */
export async function matchHere() {
  const start = performance.now();
  await matchHistory(made.data, made.history);
  return performance.now() - start;
}

/**
 * A fixed amount of reckoning, to see what throttling does.
 * @param {boolean} inWorker
 * @returns {Promise<number>} milliseconds
 */
export async function reckon(inWorker) {
  if (!inWorker) return reckoning();
  const other = new Worker("/bench/check_reckoning.js", { type: "module" });
  const milliseconds = await new Promise((resolve) => {
    other.onmessage = ({ data }) => resolve(data);
  });
  other.terminate();
  return milliseconds;
}

export function reckoning() {
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 1e8; i += 1) sum += i % 7;
  return sum ? performance.now() - start : 0;
}

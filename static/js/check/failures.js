/** Why a file could not be compared. The page has the words for each. */

/** @typedef {'not-json'|'unknown-format'|'too-large'|'empty'|'damaged'} Reason */

export class HistoryError extends Error {
  /**
   * @param {Reason} reason
   * @param {string} detail for whoever helps the resident: a position, a kind of file, a number
   */
  constructor(reason, detail) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Nobody waits for the answer any more. */
export class Cancelled extends Error {}

/**
 * What long work calls between its slices: tells how far it is, lets others have their turn, and
 * stops if it is not wanted any more.
 * @typedef {(done: number) => Promise<void>} Pause
 * @typedef {{onProgress?: (done: number) => void|Promise<void>, isCancelled?: () => boolean}} Watch
 *
 * @param {Watch} watch `onProgress` gets 0..1; if it returns a promise, the work waits for it
 * @returns {Pause} throws Cancelled
 */
export function pauseFor({ onProgress, isCancelled }) {
  return async (done) => {
    await onProgress?.(done);
    if (isCancelled?.()) throw new Cancelled("cancelled");
  };
}

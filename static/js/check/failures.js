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
 * @param {import("./types.js").Watch} watch
 * @returns {import("./types.js").Pause} throws Cancelled
 */
export function pauseFor({ onProgress, isCancelled }) {
  return async (done) => {
    await onProgress?.(done);
    if (isCancelled?.()) throw new Cancelled("cancelled");
  };
}

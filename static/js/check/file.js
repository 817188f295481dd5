/** A location history file: choosing it, comparing it in the worker, progress, and cancelling. */

import { LARGEST_FILE } from "./history.js";

/** @typedef {import("./data.js").Data} Data */
/**
 * @typedef {{matches: import("./types.js").Match[], summary: {points: number, stays: number,
 *   first: number, last: number, skipped: number, notCompared: number}}} Compared
 */

/** Says why in its message, by the name of the sentence. */
export class Failure extends Error {}
export class Cancelled extends Error {}

export class HistoryFile {
  /**
   * @param {string} address of the worker, which starts at once: later there may be no network
   * @param {any} words
   */
  constructor(address, words) {
    this.words = words;
    this.input = /** @type {HTMLInputElement} */ (document.getElementById("file"));
    this.problem = document.getElementById("file-problem");
    this.forget = document.getElementById("forget-file");
    this.worker = new Worker(address, { type: "module" });
    this.input.addEventListener("change", () => this.changed());
    this.forget.addEventListener("click", () => {
      this.input.value = "";
      this.changed();
      this.input.focus();
    });
    this.acceptDrops(document.getElementById("drop"));
  }

  /** @returns {File|undefined} */
  get chosen() {
    return this.input.files[0];
  }

  /**
   * @param {Data} data
   * @returns {Promise<Compared>}
   * @throws {Failure} which is said beside the input too
   * @throws {Cancelled}
   */
  async compare(data) {
    const progress = new Progress(this.words.phases);
    try {
      return await this.answerTo(data, await this.bytes(), progress);
    } catch (error) {
      if (error instanceof Failure) this.say(error.message);
      throw error;
    } finally {
      progress.end();
    }
  }

  async bytes() {
    if (this.chosen.size > LARGEST_FILE) throw new Failure("too-large");
    try {
      return await this.chosen.arrayBuffer();
    } catch {
      // Moved or deleted since it was chosen, or larger than the memory of the device.
      throw new Failure("unexpected");
    }
  }

  /** @returns {Promise<Compared>} */
  answerTo(/** @type {Data} */ data, /** @type {ArrayBuffer} */ bytes, /** @type {Progress} */ progress) {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data: answer }) => {
        if (answer.type === "progress") progress.show(answer.phase, answer.done);
        else if (answer.type === "result") resolve(answer);
        else reject(new Failure(answer.reason));
      };
      worker.onerror = () => reject(new Failure("unexpected"));
      progress.onCancel = () => {
        worker.postMessage({ type: "cancel" });
        reject(new Cancelled());
      };
      worker.postMessage({ type: "match", data, file: { name: this.chosen.name, bytes } }, [bytes]);
    });
  }

  changed() {
    this.forget.hidden = !this.chosen;
    this.say(null);
  }

  say(/** @type {string|null} */ reason) {
    this.problem.textContent = reason ? (this.words.failures[reason] ?? this.words.failures.unexpected) : "";
    this.problem.hidden = !reason;
    this.input.setAttribute("aria-invalid", String(Boolean(reason)));
    this.input.parentElement.classList.toggle("wrong", Boolean(reason));
  }

  acceptDrops(/** @type {HTMLElement} */ zone) {
    const over = (/** @type {DragEvent} */ event, /** @type {boolean} */ isOver) => {
      event.preventDefault();
      zone.classList.toggle("over-it", isOver);
    };
    zone.addEventListener("dragover", (event) => over(event, true));
    zone.addEventListener("dragleave", (event) => over(event, false));
    zone.addEventListener("drop", (event) => {
      over(event, false);
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.changed();
    });
  }
}

/** How far it is, and the way out. */
class Progress {
  constructor(/** @type {Record<string, string>} */ phases) {
    this.phases = phases;
    this.element = document.getElementById("progress");
    this.phase = document.getElementById("phase");
    this.bar = /** @type {HTMLProgressElement} */ (document.getElementById("done"));
    this.onCancel = () => {};
    const cancel = document.getElementById("cancel");
    cancel.onclick = () => this.onCancel();
    this.show("reading", 0);
    this.element.hidden = false;
    cancel.focus();
  }

  show(/** @type {string} */ phase, /** @type {number} */ done) {
    // Said once each, not with every step.
    if (this.phase.textContent !== this.phases[phase]) this.phase.textContent = this.phases[phase];
    this.bar.value = done;
  }

  end() {
    this.element.hidden = true;
  }
}

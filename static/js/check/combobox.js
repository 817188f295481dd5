/**
 * An editable combobox with a list, as the ARIA Authoring Practices Guide describes it (list
 * autocomplete with manual selection): arrows move in the list, Enter takes, Escape closes, and
 * the focus never leaves the input. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */

/** @typedef {import("./suggestions.js").Suggestion} Suggestion */

const SHOWN = 8;

export class Combobox {
  /**
   * @param {HTMLInputElement} input with the role "combobox"
   * @param {HTMLElement} list with the role "listbox"
   * @param {object} options
   * @param {(text: string) => Suggestion[]} options.find all that fits, the likeliest first
   * @param {(suggestion: Suggestion) => HTMLElement} options.show
   * @param {(shown: number, total: number) => void} options.announce
   * @param {(suggestion: Suggestion) => void} [options.onChoose]
   */
  constructor(input, list, { find, show, announce, onChoose }) {
    this.input = input;
    this.list = list;
    this.find = find;
    this.show = show;
    this.announce = announce;
    this.onChoose = onChoose;
    /** @type {Suggestion|null} what was chosen, as long as it is not typed over */
    this.chosen = null;
    /** @type {Suggestion[]} */
    this.offered = [];
    this.active = -1;
    input.addEventListener("input", () => {
      this.chosen = null;
      this.open();
    });
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
    // The focus stays in the input, whose loss of it closes the list under the finger.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => {
      const option = /** @type {HTMLElement} */ (target).closest("[role=option]");
      if (option) this.choose(this.offered[[...list.children].indexOf(option)]);
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open() {
    const found = this.find(this.input.value);
    this.offered = found.slice(0, SHOWN);
    this.list.replaceChildren(...this.offered.map((one, place) => this.option(one, place)));
    this.list.hidden = !this.offered.length;
    this.input.setAttribute("aria-expanded", String(this.isOpen));
    this.activate(-1);
    if (this.input.value.trim()) this.announce(this.offered.length, found.length);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  choose(/** @type {Suggestion} */ suggestion) {
    this.chosen = suggestion;
    this.input.value = suggestion.name;
    this.close();
    this.onChoose?.(suggestion);
  }

  pressed(/** @type {KeyboardEvent} */ event) {
    const isHandled = event.isComposing ? false : this.handle(event);
    if (isHandled) event.preventDefault();
  }

  handle(/** @type {KeyboardEvent} */ { key, altKey }) {
    switch (key) {
      case "ArrowDown":
        if (!this.isOpen) this.open();
        if (!altKey) this.move(1);
        return this.isOpen;
      case "ArrowUp":
        if (this.isOpen && altKey) this.close();
        else this.move(-1);
        return this.isOpen;
      case "Enter":
        if (this.active < 0) return false;
        this.choose(this.offered[this.active]);
        return true;
      case "Escape":
        if (this.isOpen) this.close();
        else this.clear();
        return true;
      default:
        return false;
    }
  }

  clear() {
    this.input.value = "";
    this.chosen = null;
  }

  /** Down from the last comes the input itself, and then the first; up likewise. */
  move(/** @type {number} */ step) {
    if (!this.isOpen) return;
    const places = this.offered.length + 1;
    this.activate(((this.active + 1 + step + places) % places) - 1);
  }

  activate(/** @type {number} */ place) {
    this.active = place;
    for (const [other, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(other === place));
    }
    const option = this.list.children[place];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  option(/** @type {Suggestion} */ suggestion, /** @type {number} */ place) {
    const option = this.show(suggestion);
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    return option;
  }
}

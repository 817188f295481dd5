/** The `<template>` elements of the page, copied and filled in. */

/**
 * @param {string} id of a template with one element in it
 * @param {Record<string, string|Node[]|null>} [slots] what goes into the elements with these
 *   `data-slot`: text, elements, or null to leave the element away
 * @returns {HTMLElement}
 */
export function copyOf(id, slots = {}) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const copy = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  for (const [name, content] of Object.entries(slots)) {
    const slot = slotOf(copy, name);
    if (content === null) slot.remove();
    else slot.replaceChildren(...[content].flat());
  }
  return copy;
}

/** @returns {any} the element of a copy with this `data-slot` */
export function slotOf(/** @type {HTMLElement} */ copy, /** @type {string} */ name) {
  return copy.querySelector(`[data-slot="${name}"]`);
}

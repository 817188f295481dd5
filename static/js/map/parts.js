/** The page's own words and signs: copies of the `<template>` elements of the map's section. */

/**
 * A copy of the template `name`: elements with `data-fill` hold the value of that name (a link its
 * address), and those with `data-if` are there only if the value of that name says something.
 *
 * @param {HTMLElement} section
 * @param {string} name
 * @param {Record<string, string|number|boolean>} [values]
 * @returns {HTMLElement}
 */
export function part(section, name, values = {}) {
  const template = section.querySelector(`template[data-part="${name}"]`);
  const copy = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  for (const element of copy.querySelectorAll('[data-if]')) {
    if (!values[element.dataset.if]) element.remove();
  }
  fill(copy, values);
  return copy;
}

/**
 * @param {HTMLElement} element
 * @param {Record<string, string|number|boolean>} values
 */
export function fill(element, values) {
  for (const place of element.querySelectorAll('[data-fill]')) {
    const value = String(values[place.dataset.fill] ?? '');
    if (place instanceof HTMLAnchorElement) place.href = value;
    else place.textContent = value;
  }
}

/** The map as a whole: Leaflet with the page's words, signs and colours, operable by keyboard. */

import { drawOutlines } from './outlines.js';
import { fill, part } from './parts.js';
import { drawPlaces, position } from './places.js';
import { tiles } from './tiles.js';

// Without pictures of streets there is nothing more to be seen when one comes nearer.
const NEAREST = { outlines: 15, tiles: 18 };
const FARTHEST = 4;
// Pixels between the edge of the map and what it shows: above are buttons.
const ROOM = { paddingTopLeft: [12, 60], paddingBottomRight: [12, 28] };

/**
 * @param {HTMLElement} section
 * @param {{features: import('./places.js').Place[], without_point: number}} places
 * @param {{outlines: import('./outlines.js').Outline[]}} outlines
 * @returns {HTMLElement} the map, to be focused
 */
export function draw(section, places, outlines) {
  const element = /** @type {HTMLElement} */ (section.querySelector('.map'));
  const { division, zoomIn, zoomOut, close, tiles: address } = section.dataset;
  section.querySelector('.map-wait').remove();
  element.hidden = false;

  const moves = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(element, {
    minZoom: FARTHEST,
    maxZoom: address ? NEAREST.tiles : NEAREST.outlines,
    // Pictures are sharp at whole steps only; outlines always, and so fill the map.
    zoomSnap: address ? 1 : 0.25,
    zoomControl: false,
    attributionControl: false,
    // One finger and the wheel go on moving the page.
    dragging: !L.Browser.mobile,
    scrollWheelZoom: false,
    zoomAnimation: moves,
    fadeAnimation: moves,
    markerZoomAnimation: moves,
    inertia: moves,
  });
  L.control
    .attribution({ prefix: false })
    .addAttribution(part(section, 'credit').innerHTML)
    .addTo(map);
  L.control
    .zoom({ position: 'topright', zoomInTitle: zoomIn, zoomOutTitle: zoomOut })
    .addTo(map);
  map.on('focus', () => map.scrollWheelZoom.enable());
  map.on('blur', () => map.scrollWheelZoom.disable());

  if (address) tiles(address).addTo(map);
  const { own, country } = drawOutlines(map, section, outlines.outlines, division);
  const province = places.features.reduce((all, place) => all.extend(position(place)), own);
  addViews(map, section, { province, country });
  map.fitBounds(province, { ...ROOM, animate: false });
  drawPlaces(map, section, places.features);
  element.classList.toggle('with-tiles', Boolean(address));

  handleKeys(map, element, close);
  const below = section.querySelector('.map-below');
  below.hidden = false;
  sayWithoutPoint(below, places.without_point);
  return element;
}

/**
 * Buttons that show the province and the whole country.
 *
 * @param {L.Map} map
 * @param {HTMLElement} section
 * @param {Record<string, L.LatLngBounds>} views
 */
function addViews(map, section, views) {
  const control = L.control({ position: 'topleft' });
  control.onAdd = () => {
    const buttons = part(section, 'views');
    L.DomEvent.disableClickPropagation(buttons);
    buttons.addEventListener('click', (event) => {
      const button = event.target.closest('[data-view]');
      if (button) map.fitBounds(views[button.dataset.view], ROOM);
    });
    return buttons;
  };
  control.addTo(map);
}

/**
 * What Leaflet leaves out: Escape wherever the focus is in the map, a close button in the page's
 * language, and the focus in what was opened and back where it came from.
 *
 * @param {L.Map} map
 * @param {HTMLElement} element
 * @param {string} close
 */
function handleKeys(map, element, close) {
  let byKeyboard = false;
  element.addEventListener('keydown', (event) => {
    byKeyboard = true;
    if (event.key === 'Escape') map.closePopup();
  });
  element.addEventListener('pointerdown', () => {
    byKeyboard = false;
  }, { capture: true });
  map.on('popupopen', ({ popup }) => {
    popup.getElement().querySelector('.leaflet-popup-close-button').setAttribute('aria-label', close);
    if (byKeyboard) popup.getElement().querySelector('a[href]').focus({ preventScroll: true });
  });
  map.on('popupclose', ({ popup }) => {
    const hadFocus = popup.getElement()?.contains(document.activeElement);
    const sign = popup._source?.getElement();
    if (hadFocus) (sign ?? element).focus({ preventScroll: true });
  });
}

/**
 * @param {HTMLElement} below
 * @param {number} count
 */
function sayWithoutPoint(below, count) {
  if (!count) return;
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  const sentence = below.querySelector(`[data-without-point="${form}"]`);
  fill(sentence, { count });
  sentence.hidden = false;
}

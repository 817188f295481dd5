/** What lies under the places: the outlines of the provinces, their names, the archipelagos. */

import { part } from './parts.js';

/**
 * @typedef {{name: string, divisions: string[], label: [number, number], rings: number[][],
 *   archipelago?: string, districts?: [string, number, number][]}} Outline See locations/outlines/build.py.
 */

// At smaller zooms the names would cover the map.
const PROVINCES_FROM = 7;
const DISTRICTS_FROM = 9.5;
// How much room a name needs, in pixels.
const ROOM = { x: 84, y: 24 };

/**
 * @param {L.Map} map
 * @param {HTMLElement} section
 * @param {Outline[]} outlines
 * @param {string} division key of the page's own province
 * @returns {{own: L.LatLngBounds, country: L.LatLngBounds}} how far the province reaches without
 *   an archipelago, and the whole country with both
 */
export function drawOutlines(map, section, outlines, division) {
  const country = L.latLngBounds([]);
  const own = L.latLngBounds([]);
  /** @type {{at: L.LatLng, label: HTMLElement, from: number}[]} */
  const names = [];
  const ownLast = [...outlines].sort(
    (one, other) => one.divisions.includes(division) - other.divisions.includes(division),
  );
  for (const outline of ownLast) {
    const isOwn = outline.divisions.includes(division);
    const shape = L.polygon(outline.rings.map((ring) => [unpacked(ring)]), {
      className: `outline${isOwn ? ' own' : ''}${outline.archipelago ? ' archipelago' : ''}`,
      interactive: false,
      // The simplified lines of neighbours must stay the same line.
      smoothFactor: 0,
    }).addTo(map);
    country.extend(shape.getBounds());
    if (isOwn && !outline.archipelago) own.extend(shape.getBounds());
    const [longitude, latitude] = outline.label;
    const at = L.latLng(latitude, longitude);
    if (outline.archipelago) {
      names.push({ at, label: part(section, outline.archipelago), from: 0 });
    } else if (!isOwn) {
      names.push({ at, label: part(section, 'name', outline), from: PROVINCES_FROM });
    } else if ('districts' in section.dataset) {
      for (const [name, x, y] of outline.districts) {
        const label = part(section, 'name', { name });
        names.push({ at: L.latLng(y / 1000, x / 1000), label, from: DISTRICTS_FROM });
      }
    }
  }
  showNames(map, names);
  return { own, country };
}

/**
 * Shows those names that have room at the zoom; the first ones first.
 *
 * @param {L.Map} map
 * @param {{at: L.LatLng, label: HTMLElement, from: number}[]} names
 */
function showNames(map, names) {
  const layer = L.layerGroup().addTo(map);
  map.on('zoomend', () => {
    layer.clearLayers();
    /** @type {L.Point[]} */
    const taken = [];
    for (const { at, label, from } of names) {
      if (map.getZoom() < from) continue;
      const point = map.project(at);
      if (taken.some(({ x, y }) => Math.abs(x - point.x) < ROOM.x && Math.abs(y - point.y) < ROOM.y)) {
        continue;
      }
      taken.push(point);
      L.marker(at, {
        icon: L.divIcon({ className: 'map-name', html: label, iconSize: [0, 0] }),
        interactive: false,
        keyboard: false,
        zIndexOffset: -10000,
      }).addTo(layer);
    }
  });
}

/**
 * @param {number[]} ring thousandths of a degree: the first point, then each further one by its
 *   distance from the one before
 * @returns {[number, number][]} latitude and longitude
 */
function unpacked(ring) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let at = 0; at < ring.length; at += 2) {
    x += ring[at];
    y += ring[at + 1];
    points.push([y / 1000, x / 1000]);
  }
  return points;
}

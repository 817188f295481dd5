/** The places on the map: signs, clusters, areas of approximate places, what is said of each. */

import { part } from './parts.js';

/**
 * @typedef {{geometry: {coordinates: [number, number]}, properties: {name: string,
 *   translation: string, when: string, address: string, url: string, status: string,
 *   approximate: boolean, area: string, radius: number}}} Place See locations/map_data.py.
 */

// An area smaller than this on the screen (pixels) lies under its sign.
const LEAST_AREA = 12;

/**
 * @param {L.Map} map
 * @param {HTMLElement} section
 * @param {Place[]} places
 */
export function drawPlaces(map, section, places) {
  const signs = L.markerClusterGroup({
    showCoverageOnHover: false,
    maxClusterRadius: 48,
    spiderLegPolylineOptions: { className: 'map-leg' },
    iconCreateFunction: (cluster) =>
      icon(part(section, 'cluster', { count: cluster.getChildCount() }), 44, 22),
    animate: map.options.zoomAnimation,
  });
  signs.addLayers(places.map((place) => sign(section, place)));
  map.addLayer(signs);
  const areas = L.layerGroup().addTo(map);
  const drawAreas = () => showAreas(map, areas, places);
  map.on('moveend', drawAreas);
  drawAreas();
}

/**
 * @param {Place} place
 * @returns {L.LatLng}
 */
export function position(place) {
  const [longitude, latitude] = place.geometry.coordinates;
  return L.latLng(latitude, longitude);
}

/**
 * @param {HTMLElement} section
 * @param {Place} place
 */
function sign(section, place) {
  const { approximate, status, url } = place.properties;
  const said = { ...place.properties, link: url, [status]: true };
  const picture = approximate
    ? icon(part(section, 'area', said), 44, 22)
    : icon(part(section, 'place', said), 44, 42);
  return L.marker(position(place), { icon: picture }).bindPopup(
    () => part(section, 'popup', said),
    { maxWidth: 232, minWidth: 160, autoPanPaddingTopLeft: [12, 116], autoPanPadding: [12, 12] },
  );
}

/**
 * A target of `size` pixels whose point is `down` pixels from its top.
 *
 * @param {HTMLElement} element
 * @param {number} size
 * @param {number} down
 */
function icon(element, size, down) {
  return L.divIcon({
    className: 'map-target',
    html: element,
    iconSize: [size, size],
    iconAnchor: [size / 2, down],
    popupAnchor: [0, 4 - down],
  });
}

/**
 * Draws the areas that are in sight and large enough to be seen, each once.
 *
 * @param {L.Map} map
 * @param {L.LayerGroup} areas
 * @param {Place[]} places
 */
function showAreas(map, areas, places) {
  areas.clearLayers();
  const drawn = new Set();
  const sight = map.getBounds().pad(0.2);
  for (const place of places.filter((place) => place.properties.approximate)) {
    const at = position(place);
    const { radius } = place.properties;
    const key = `${at.lat} ${at.lng} ${radius}`;
    if (drawn.has(key) || !sight.contains(at)) continue;
    drawn.add(key);
    if (radius / metresPerPixel(map, at) < LEAST_AREA) continue;
    L.circle(at, { radius, className: 'map-area', interactive: false }).addTo(areas);
  }
}

/**
 * @param {L.Map} map
 * @param {L.LatLng} at
 */
function metresPerPixel(map, at) {
  const point = map.latLngToLayerPoint(at);
  return map.layerPointToLatLng(point.add([1, 0])).distanceTo(at);
}

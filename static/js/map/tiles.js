/** Pictures under the outlines, from the tile server that the operator has chosen. */

/**
 * @param {string} address pattern with {z}, {x} and {y}
 * @returns {L.TileLayer}
 */
export function tiles(address) {
  // Leaflet stops a picture by putting an empty `data:` picture in its place. The security policy
  // allows none, and a picture that is taken off the page is stopped well enough.
  const Tiles = L.TileLayer.extend({
    _abortLoading() {},
    _removeTile: L.GridLayer.prototype._removeTile,
  });
  return new Tiles(address, { maxZoom: 19, className: 'map-tiles' });
}

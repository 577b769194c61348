// Warmth: cells of the grid as soft spots, the stronger the more are there.

/** A layer of circles over the cells, whose strength follows the logarithm of their number. */
export function heat(dots, zoom, color, { circle, layerGroup }) {
  const most = Math.log1p(Math.max(1, ...dots.map(({ n }) => n)));
  const metres = (40_075_016 / (256 * 2 ** zoom)) * 13; // of a spot, at the equator
  const spots = dots.flatMap(({ at, n }) => {
    const strength = Math.log1p(n) / most;
    const wide = metres * Math.cos((at[0] * Math.PI) / 180);
    const spot = (share, opacity) => circle(at, { radius: wide * share, stroke: false, fillColor: color, fillOpacity: opacity * strength, interactive: false });
    return [spot(2.2, 0.14), spot(1.3, 0.22), spot(0.7, 0.34)];
  });
  return layerGroup(spots);
}

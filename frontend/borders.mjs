// Borders for the map, in hundredths of a degree (Natural Earth, public domain).
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The countries around those of which there are states, as exact as these, so that they meet.
const AROUND = new Set(["056", "203", "208", "250", "348", "380", "438", "442", "528", "616", "703", "705"]);
const BY_STATES = new Set(["040", "276", "756"]);

/** The countries in and around Europe, but for those that are drawn by their states. */
export function land() {
  const near = ([ring]) => ring.some(([east, north]) => east > -25 && east < 60 && north > 26 && north < 73);
  const coarse = countries("50m").filter(({ id }) => !AROUND.has(id) && !BY_STATES.has(id));
  const fine = countries("10m").filter(({ id }) => AROUND.has(id));
  return { type: "MultiPolygon", coordinates: [...coarse, ...fine].flatMap(polygons).filter(near) };
}

/** The polygons of each state and canton by its code (frontend/states.mjs). */
export function states() {
  const topology = JSON.parse(readFileSync(join(root, "frontend/states.json"), "utf8"));
  return Object.fromEntries(feature(topology, topology.objects.states).features.map((one) => [one.id, polygons(one)]));
}

function countries(scale) {
  const atlas = JSON.parse(readFileSync(join(root, `node_modules/world-atlas/countries-${scale}.json`), "utf8"));
  return feature(atlas, atlas.objects.countries).features;
}

function polygons({ geometry: { type, coordinates } }) {
  const all = type === "Polygon" ? [coordinates] : coordinates;
  return all.map((rings) => rings.map(slim).filter((ring) => ring.length > 3)).filter((rings) => rings.length);
}

function slim(ring) {
  const rounded = ring.map((point) => point.map((degrees) => Math.round(degrees * 100) / 100));
  return rounded.filter(([x, y], index) => !index || x !== rounded[index - 1][0] || y !== rounded[index - 1][1]);
}

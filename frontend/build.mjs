// Builds everything a browser loads: `node frontend/build.mjs`. Takes about a second.
//   staff and public pages → src/kundenkreis/ui/static/built/   (hashed names + manifest.json)
//   script for shops       → src/kundenkreis/edge/static/built/ (fixed names: customers embed them)
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { land, states } from "./borders.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src/kundenkreis");
const built = join(source, "ui/static/built");
const shopBuilt = join(source, "edge/static/built");
const SHOP_LIMIT = 5120; // bytes gzip per file: what a shop is asked to load

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: ["chrome123", "firefox121", "safari17.5"], // light-dark() and nesting
  logLevel: "error",
  logOverride: { "direct-eval": "silent" }, // htmx's, never reached with allowEval=false
};

const started = performance.now();
const manifest = {};
const kept = new Set();
await buildPages();
keep("mark.svg", readFileSync(join(root, "frontend/mark.svg")));
keepFonts();
keep("land.json", JSON.stringify(land()));
keep("states.json", JSON.stringify(states()));
buildIcons();
const before = readdirSync(built).filter((file) => file !== "manifest.json" && !kept.has(file));
writeFileSync(join(built, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
for (const file of before) rmSync(join(built, file)); // last, so that a running server never misses a file
await buildShop();
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

async function buildPages() {
  mkdirSync(built, { recursive: true });
  const result = await build({
    ...shared,
    entryPoints: { app: "frontend/main.js", style: "frontend/css/app.css" },
    outdir: built,
    format: "esm",
    splitting: true,
    metafile: true,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "dataurl" },
  });
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    kept.add(basename(path));
    if (!output.entryPoint) continue;
    const name = output.entryPoint.endsWith(".css") ? "app.css" : output.entryPoint.endsWith("main.js") ? "app.js" : null;
    if (name) manifest[name] = basename(path);
    if (name) report(name, join(root, path));
  }
  const font = readdirSync(built).find((file) => file.startsWith("inter-latin-opsz"));
  if (font) manifest["inter.woff2"] = font;
}

// One sprite with the icons that templates and Python name: after the word "icon" (an unknown name
// stops the build), any quoted text that is an icon's name with a hyphen, and frontend/icons.txt.
function buildIcons() {
  const lucide = join(root, "node_modules/lucide-static/icons");
  const named = /icon\w*["']?\s*(?:\|default:|or\b|[=:(])?\s*["']([a-z][a-z0-9-]*)["']/g;
  const hyphened = /["']([a-z0-9]+(?:-[a-z0-9]+)+)["']/g;
  const places = new Map();
  for (const file of files(source, /\.(html|py)$/)) {
    const text = readFileSync(file, "utf8");
    for (const [, name] of text.matchAll(named)) places.set(name, relative(root, file));
    for (const [, name] of text.matchAll(hyphened)) if (existsSync(join(lucide, `${name}.svg`))) places.set(name, relative(root, file));
  }
  for (const line of readFileSync(join(root, "frontend/icons.txt"), "utf8").split("\n")) {
    if (line.trim() && !line.startsWith("#")) places.set(line.trim(), "frontend/icons.txt");
  }
  const missing = [...places].filter(([name]) => !existsSync(join(lucide, `${name}.svg`)));
  if (missing.length) {
    for (const [name, place] of missing) console.error(`no icon "${name}" in lucide, named in ${place}; see https://lucide.dev/icons`);
    process.exit(1);
  }
  const symbols = [...places.keys()].sort().map((name) => {
    const svg = readFileSync(join(lucide, `${name}.svg`), "utf8").replace(/<!--.*?-->/s, "");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  keep("icons.svg", sprite);
  manifest.icons = [...places.keys()].sort().join(" ");
  report(`icons.svg (${places.size})`, join(built, manifest["icons.svg"]));
}

// What is printed needs the same letters as the pages, as files that a typesetter reads.
function keepFonts() {
  for (const style of ["400Regular", "400Regular_Italic", "600SemiBold", "600SemiBold_Italic"]) {
    const name = `Inter_${style}.ttf`;
    kept.add(name);
    writeFileSync(join(built, name), readFileSync(join(root, "node_modules/@expo-google-fonts/inter", style, name)));
  }
}

function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  manifest[name] = name.replace(".", `-${hash}.`);
  kept.add(manifest[name]);
  writeFileSync(join(built, manifest[name]), content);
}

async function buildShop() {
  let tooBig = false;
  for (const [entry, output] of [["loader", "kk"], ["dialogue", "kk-offer"]]) {
    const entryPoint = join(root, `frontend/shop/${entry}.js`);
    if (!existsSync(entryPoint)) continue;
    const outfile = join(shopBuilt, `${output}.js`);
    await build({ ...shared, target: ["es2020"], entryPoints: [entryPoint], outfile, format: "iife" });
    const size = report(`${output}.js`, outfile);
    if (size > SHOP_LIMIT) {
      console.error(`${output}.js is ${size} bytes gzip; the limit is ${SHOP_LIMIT}. Take something out of frontend/shop/.`);
      tooBig = true;
    }
  }
  if (tooBig) process.exit(1);
}

function report(name, file) {
  const size = gzipSync(readFileSync(file), { level: 9 }).length;
  console.log(`${name.padEnd(16)} ${String(statSync(file).size).padStart(8)} bytes ${String(size).padStart(7)} gzip`);
  return size;
}

function files(folder, pattern) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["static", "tests", "__pycache__", "migrations"].includes(entry.name) ? [] : files(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
}

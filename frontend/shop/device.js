// The only place that touches the visitor's device. README.md lists every name that is written.
const kept = {}; // stands in where the browser refuses storage: lasts as long as the page

export function read(name) {
  if (name in kept) return kept[name];
  try {
    return localStorage.getItem("kk." + name);
  } catch {
    return null;
  }
}

/** Writes a text; null removes it. */
export function write(name, text) {
  try {
    delete kept[name];
    if (text === null) localStorage.removeItem("kk." + name);
    else localStorage.setItem("kk." + name, text);
  } catch {
    kept[name] = text;
  }
}

/** Reads JSON; anything damaged counts as an empty list. */
export function readList(name) {
  try {
    return [].concat(JSON.parse(read(name)) || []);
  } catch {
    return [];
  }
}

/** A random UUID (version 4). crypto.randomUUID does not exist on plain http. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const now = () => new Date().toISOString();

// Loaded when the first map appears; only what the product draws.
export { canvas, circle, divIcon, geoJSON, layerGroup, map, marker, tileLayer } from "leaflet/dist/leaflet-src.esm.js";

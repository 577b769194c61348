// Loaded when the first map appears; only what the product draws.
export { canvas, circle, divIcon, geoJSON, layerGroup, map, marker, polygon, tileLayer } from "leaflet/dist/leaflet-src.esm.js";

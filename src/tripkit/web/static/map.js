// A map with tiles in place of the drawn one. Without scripts, without tiles, or without Leaflet, the drawing stays.
import "./vendor/leaflet/leaflet.js";

const L = window.L;
const COLOURS = ["--brand-text", "--pic-crane", "--ink-soft"];
const DASHES = [null, "12 9", "1 9"];
const PIN = [34, 44];
const AIR = 6;

function drawLegs(map, box, stops) {
  const at = new Map(stops.map((stop) => [stop.key, stop.at]));
  const style = getComputedStyle(box);
  for (const leg of JSON.parse(box.dataset.legs)) {
    const colour = style.getPropertyValue(COLOURS[leg.day % 3]).trim() || "#22505a";
    L.polyline([at.get(leg.from), at.get(leg.to)], {
      className: "rm-tile-line", color: colour, dashArray: DASHES[leg.day % 3], weight: 5, interactive: false,
    }).addTo(map);
  }
}

function makePin(map, stop) {
  const words = document.createElement("span");
  words.textContent = `${stop.number} ${stop.name}`;
  const icon = L.divIcon({ className: "rm-pin", html: String(Number(stop.number)), iconSize: PIN });
  const quiet = { interactive: false, weight: 2.5 };
  return {
    at: L.latLng(stop.at),
    stalk: L.polyline([stop.at, stop.at], { ...quiet, className: "rm-stalk" }).addTo(map),
    foot: L.circleMarker(stop.at, { ...quiet, className: "rm-foot", radius: 5, fillOpacity: 1 }).addTo(map),
    marker: L.marker(stop.at, { icon, alt: words.textContent, title: words.textContent }).bindPopup(words).addTo(map),
  };
}

// Sites a street apart would hide each other: pins give way to each other, and a stalk leads to where each belongs.
function spread(map, pins) {
  const spots = pins.map((pin) => map.latLngToLayerPoint(pin.at).subtract([0, PIN[1] / 2 + AIR]));
  for (let round = 0; round < 60; round += 1) {
    let moved = false;
    for (let i = 0; i < spots.length; i += 1) {
      for (let j = i + 1; j < spots.length; j += 1) {
        const across = PIN[0] + AIR - Math.abs(spots[i].x - spots[j].x);
        const down = PIN[1] + AIR - Math.abs(spots[i].y - spots[j].y);
        if (across > 0 && down > 0) {
          const way = across < down ? L.point(across / 2, 0) : L.point(0, down / 2);
          const first = across < down ? spots[i].x <= spots[j].x : spots[i].y <= spots[j].y;
          spots[i] = first ? spots[i].subtract(way) : spots[i].add(way);
          spots[j] = first ? spots[j].add(way) : spots[j].subtract(way);
          moved = true;
        }
      }
    }
    if (!moved) break;
  }
  pins.forEach((pin, i) => {
    const spot = map.layerPointToLatLng(spots[i]);
    pin.marker.setLatLng(spot);
    pin.stalk.setLatLngs([pin.at, spot]);
  });
}

function start(box) {
  const figure = box.closest("figure");
  const drawing = figure.querySelector(".rm-drawn");
  const stops = JSON.parse(box.dataset.stops);
  box.hidden = false;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.label);
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    attributionControl: false, zoomControl: false, scrollWheelZoom: false,
    zoomAnimation: moves, fadeAnimation: moves, markerZoomAnimation: moves, zoomSnap: 0.5,
  });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  map.fitBounds(L.latLngBounds(stops.map((stop) => stop.at)), { paddingTopLeft: [50, 70], paddingBottomRight: [50, 30], maxZoom: 15 });
  drawLegs(map, box, stops);
  const pins = stops.map((stop) => makePin(map, stop));
  spread(map, pins);
  map.on("zoomend", () => spread(map, pins));
  const tiles = L.tileLayer(box.dataset.tiles, { maxZoom: 19 });
  tiles.once("tileload", () => {
    drawing.hidden = true;
    for (const words of figure.querySelectorAll(".rm-scale")) words.hidden = true;
    for (const words of figure.querySelectorAll(".rm-credit")) words.hidden = false;
  });
  // A tile server that does not answer leaves an empty field: then the drawing says more.
  tiles.once("tileerror", () => {
    if (drawing.hidden) return;
    map.remove();
    box.hidden = true;
  });
  tiles.addTo(map);
}

for (const box of document.querySelectorAll(".rm-tiles")) {
  try {
    start(box);
  } catch (error) {
    box.hidden = true;
    throw error;
  }
}

/* Does a trip's draw again in the reader's browser, from what is published; no part of it is left to the server.
 * Without this script the page says the same rule, and the file holds all it takes. */

const section = document.querySelector("[data-draw]");

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function isRight({ promise, seed, lots }) {
  if ((await sha256(seed)) !== promise) return false;
  let before = "";
  for (const lot of lots) {
    const key = await sha256(`${seed}:${lot.number}`);
    if (key < before) return false;
    before = key;
  }
  return true;
}

async function ownLots(code, lots) {
  const places = new Map(lots.map((lot, index) => [lot.number, index]));
  const found = [];
  for (const text of [code, ...lots.map((_, index) => `${code}/${index + 1}`).slice(0, 500)]) {
    const place = places.get(await sha256(text));
    if (place !== undefined) found.push({ text, place });
  }
  return found;
}

function start() {
  const box = section.querySelector("[data-check]");
  const words = box.querySelector("[data-words]").content;
  const result = box.querySelector("[data-result]");

  function say(word, values = {}) {
    const line = document.createElement("p");
    line.textContent = words
      .querySelector(`[data-${word}]`)
      .textContent.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    return line;
  }

  box.hidden = false;
  box.querySelector("[data-own]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = new FormData(event.target).get("code").trim().toUpperCase();
    try {
      const answer = await fetch(section.dataset.draw);
      if (!answer.ok) throw new Error(answer.statusText);
      const draw = await answer.json();
      const lines = [say((await isRight(draw)) ? "right" : "wrong")];
      if (code) {
        const own = await ownLots(code, draw.lots);
        for (const { text, place } of own) {
          lines.push(say(draw.lots[place].place ? "place" : "waits", { lot: text, place: place + 1 }));
        }
        if (!own.length) lines.push(say("none"));
      }
      result.replaceChildren(...lines);
    } catch {
      result.replaceChildren(say("failed"));
    }
  });
}

// Only where pages come over a secure line do browsers reckon fingerprints.
if (section && globalThis.crypto?.subtle) start();

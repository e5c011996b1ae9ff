/* Keeps the numbers of a trip's page fresh: asks the tiny places.json, and fetches the page anew only when they differ.
 * Every word is the server's; without this script the page is right when it is loaded. */

const fresh = document.getElementById("fresh");
const EVERY = 60_000;
const SOON = 2_500; // The server, too, may show its page for two seconds before it looks whether anything has changed.
let asking = false;
let tries = 0;

async function look() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(fresh.dataset.places, { cache: "no-cache" });
    if (!answer.ok) return;
    const { how_full: now } = await answer.json();
    if (now === fresh.dataset.howFull) {
      tries = 0;
      return;
    }
    const page = await fetch(location.href, { cache: "no-cache" });
    if (page.ok) renew(new DOMParser().parseFromString(await page.text(), "text/html"));
    if (now !== fresh.dataset.howFull && ++tries <= 3) setTimeout(look, SOON);
  } catch {
    // Offline: the page stays as it is, and the next look tries again.
  } finally {
    asking = false;
  }
}

function renew(page) {
  const other = page.getElementById("fresh");
  if (!other) return;
  let left = false;
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = page.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    // Nobody's focus is taken away: what one is about to press stays until the next look.
    if (part.contains(document.activeElement)) left = true;
    else if (newer) part.replaceWith(document.importNode(newer, true));
  }
  if (!left) fresh.dataset.howFull = other.dataset.howFull;
}

if (fresh) {
  look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

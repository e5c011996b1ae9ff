/* Makes letters to many comfortable: words in braces are put in with a button and completed while typing, and a letter
 * that is going out says how far it is. Without it the list is there to copy from, and the page is right when it is loaded. */

const list = document.querySelector("[data-words]");
const words = [...(list?.children ?? [])].map((one) => ({ word: one.dataset.word, meaning: one.querySelector("span").textContent, row: one }));
const fields = [...document.querySelectorAll("[data-letter] textarea, [data-letter] input[id^='subject-']")];
let last = fields.find((one) => one.matches("textarea"));

function put(field, text, from = field.selectionStart) {
  field.focus();
  field.setRangeText(text, from, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const { word, row } of words) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `{${word}}`;
  button.addEventListener("click", () => last && put(last, `{${word}}`));
  row.querySelector("code").replaceWith(button);
}

// ---- Completed while typing

let shown = null; // { box, field, from, options, at }

const hide = () => {
  shown?.box.remove();
  shown?.field.removeAttribute("aria-controls");
  shown = null;
};

function choose(number) {
  const { field, from, options } = shown;
  hide();
  put(field, `{${options[number].word}}`, from);
}

function mark(number) {
  shown.at = (number + shown.options.length) % shown.options.length;
  [...shown.box.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === shown.at)));
}

function offer(field) {
  hide();
  const before = field.value.slice(0, field.selectionStart);
  const begun = /\{([a-z]*)$/.exec(before);
  if (!begun) return;
  const secret = field.matches("input");
  const options = words.filter(({ word }) => word.startsWith(begun[1]) && !(secret && word === "link"));
  if (!options.length) return;
  const box = document.createElement("div");
  box.className = "completes";
  box.id = `${field.id}-words`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", list.closest("details").querySelector("summary").textContent);
  options.forEach(({ word, meaning }, index) => {
    const one = document.createElement("div");
    one.setAttribute("role", "option");
    one.textContent = `{${word}} ${meaning}`;
    one.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(index); });
    box.append(one);
  });
  field.after(box);
  field.setAttribute("aria-controls", box.id);
  shown = { box, field, from: field.selectionStart - begun[0].length, options, at: 0 };
  mark(0);
}

for (const field of fields) {
  field.addEventListener("focus", () => { last = field; });
  field.addEventListener("input", (event) => { if (event.isTrusted) offer(field); });
  field.addEventListener("blur", hide);
  field.addEventListener("keydown", (event) => {
    if (!shown) return;
    const act = { ArrowDown: () => mark(shown.at + 1), ArrowUp: () => mark(shown.at - 1), Enter: () => choose(shown.at), Tab: () => choose(shown.at), Escape: hide }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}

// ---- Not to be lost by leaving

const form = document.querySelector("[data-letter]");
let typed = false;
form?.addEventListener("input", () => { typed = true; });
form?.addEventListener("submit", () => { typed = false; });
if (form) addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

// ---- How far it is

const live = document.querySelector("[data-progress][data-live]");
const EVERY = 3_000;

async function look() {
  if (document.hidden) return setTimeout(look, EVERY);
  try {
    const answer = await fetch(live.dataset.progress, { cache: "no-store" });
    if (!answer.ok) return;
    const now = await answer.json();
    if (now.state !== live.dataset.state) return location.reload();
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const bar = live.querySelector("progress");
    bar.max = Math.max(now.total, 1);
    bar.value = now.total - now.waiting;
    live.querySelector("[data-sent]").textContent = number.format(now.sent);
    const waiting = live.querySelector("[data-waiting]");
    if (waiting) waiting.textContent = number.format(now.waiting);
  } catch {
    // Offline: the page stays as it is, and the next look tries again.
  }
  setTimeout(look, EVERY);
}

if (live) setTimeout(look, EVERY);

// Makes the sign-up form comfortable: says before sending what is full and what collides, adds and takes away people,
// hides what is not asked of somebody, keeps the sum. Everything works without it, and the server decides.

const form = document.querySelector("[data-signup]");
const facts = JSON.parse(document.getElementById("signup-facts")?.textContent ?? "null");

const all = (root, what) => [...root.querySelectorAll(what)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const cards = () => all(document, "[data-person]");

// ---- What is asked of whom

const segmentOf = (card) => card.dataset.segmentIs ?? card.querySelector("[data-segment]")?.value ?? "";

function answersTo(question) {
  const given = all(question, "input, select, textarea").filter((one) =>
    ["radio", "checkbox"].includes(one.type) ? one.checked && !one.name.startsWith("erase-") : one.value,
  );
  return given.map((one) => one.value);
}

const among = (list, value) => !list || list.split(" ").includes(value);

function showQuestions(card) {
  const heard = {};
  for (const question of all(card, "[data-question]")) {
    const { segments, when, answers } = question.dataset;
    const before = when ? heard[when] : [];
    const unknown = before === null;
    question.hidden = !among(segments, segmentOf(card)) || (when && !unknown && !(before ?? []).some((answer) => among(answers, answer)));
    question.toggleAttribute("data-unsure", unknown);
    if (question.hidden) continue;
    const given = answersTo(question);
    // An answer that is kept but not shown may be any: what follows from it stays within reach.
    const kept = "answered" in question.dataset && !given.some(Boolean) && !question.querySelector("[name^=erase-]:checked");
    heard[question.dataset.question] = kept ? null : given;
  }
}

function showVisits(card, waits) {
  const segment = segmentOf(card);
  for (const choice of all(card, "[data-choice]")) {
    const visits = all(choice, "[data-visit]");
    for (const visit of visits) {
      const radio = visit.querySelector("input");
      const shut = "full" in visit.dataset && !waits;
      visit.hidden = segment !== "" && !among(visit.dataset.segments, segment);
      radio.disabled = shut;
      if (visit.hidden || shut) radio.checked = false;
      for (const why of all(visit, "[data-why-full]")) why.hidden = !shut;
      for (const why of all(visit, "[data-why-wish]")) why.hidden = shut;
    }
    choice.hidden = visits.every((visit) => visit.hidden);
  }
}

function hideRelevance(card) {
  if (!segmentOf(card)) return;
  for (const words of all(card, "[data-relevance]")) {
    words.hidden = words.closest("[data-unsure]") === null;
    const why = words.closest(".why");
    if (why?.children.length === 1) why.hidden = true;
  }
}

// ---- What would happen if it were sent now

function outlooks(people) {
  let open = facts.open;
  const guaranteed = {}, left = {};
  for (const [key, segment] of Object.entries(facts.segments)) {
    guaranteed[key] = segment.guaranteed;
    left[key] = segment.left ?? Infinity;
  }
  const found = people.map((card) => {
    const key = segmentOf(card);
    if (facts.drawn) return { key, prospect: "trip" };
    if (!(key in facts.segments)) return { key: "", prospect: "unknown" };
    if (left[key] < 1 || (guaranteed[key] < 1 && open < 1))
      return { key, prospect: facts.anyPlace ? "segment" : "trip" };
    left[key] -= 1;
    if (guaranteed[key] > 0) guaranteed[key] -= 1;
    else open -= 1;
    return { key, prospect: "place" };
  });
  const together = form.querySelector("[name=together]:checked")?.value === "yes" && people.length > 1;
  if (together && found.some((one) => ["segment", "trip"].includes(one.prospect)))
    for (const one of found) if (one.prospect === "place") one.prospect = "party";
  let position = facts.waiting + 1;
  for (const one of found) {
    if (["unknown", "place"].includes(one.prospect)) continue;
    one.position = position;
    if (!together) position += 1;
  }
  return found;
}

function sayOutlook(card, outlook, name) {
  const notice = card.querySelector("[data-outlook]");
  notice.hidden = outlook.position === undefined;
  if (notice.hidden) return "";
  const text = outlook.prospect === "segment" ? facts.segments[outlook.key].waits : facts.words[outlook.prospect];
  notice.firstElementChild.textContent = fill(text, { name, position: outlook.position });
  return notice.firstElementChild.textContent;
}

function sayClashes(card, name) {
  const chosen = new Set(all(card, "[data-visit] input:checked").map((one) => one.value));
  const segment = segmentOf(card);
  const said = [];
  for (const choice of all(card, "[data-choice]")) {
    const clash = choice.querySelector("[data-clash]");
    const found = facts.collisions.filter(
      (one) =>
        one.at === choice.dataset.choice &&
        one.items.every((item) => chosen.has(item)) &&
        (one.segments.length === 0 || one.segments.includes(segment)),
    );
    const already = choice.querySelector(".error:not([data-clash])") !== null;
    clash.hidden = found.length === 0 || already;
    clash.id ||= `${choice.id}-clash`;
    choice.classList.toggle("invalid", found.length > 0 || already);
    for (const radio of all(choice, "input")) {
      if (!clash.hidden && radio.checked) radio.setAttribute("aria-describedby", clash.id);
      else if (radio.getAttribute("aria-describedby") === clash.id) radio.removeAttribute("aria-describedby");
    }
    if (clash.hidden) continue;
    clash.querySelector("span").textContent = found.map((one) => fill(one.text, { name })).join(" ");
    said.push(clash.textContent.trim());
  }
  return said;
}

// ---- What it costs

function money(minor) {
  const digits = minor % 100 ? 2 : 0;
  const locale = facts.language === "sv" ? "sv-SE" : "en-GB";
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return facts.money.replace("0", new Intl.NumberFormat(locale, options).format(minor / 100));
}

function addUp(prices) {
  const byRate = new Map();
  for (const { net, vat } of prices) byRate.set(vat, (byRate.get(vat) ?? 0) + net);
  const taxes = [...byRate].sort((a, b) => a[0] - b[0]).map(([rate, net]) => [rate, Math.round((net * rate) / 100)]);
  const net = prices.reduce((sum, price) => sum + price.net, 0);
  return { taxes, total: taxes.reduce((sum, [, tax]) => sum + tax, net) };
}

function row(name, small, amount) {
  const line = document.createElement("tr");
  const head = line.appendChild(document.createElement("th"));
  head.scope = "row";
  head.textContent = name;
  if (small) head.appendChild(document.createElement("small")).textContent = small;
  const cell = line.appendChild(document.createElement("td"));
  cell.className = "num";
  cell.textContent = money(amount);
  return line;
}

function showSum(names, found) {
  const prices = found.map((one) => (one.key ? facts.segments[one.key].price : facts.price));
  const waits = (one) => one.position !== undefined;
  form.querySelector("[data-rows]").replaceChildren(
    ...found.map((one, index) => {
      const small = waits(one) ? facts.words.noPrice : one.key && facts.segments[one.key].name;
      return row(names[index], small, waits(one) ? 0 : prices[index].net);
    }),
  );
  const now = addUp(prices.filter((_, index) => !waits(found[index])));
  form.querySelector("[data-taxes]").replaceChildren(
    ...now.taxes.map(([rate, tax]) => row(fill(facts.words.vat, { percent: rate.toLocaleString(facts.language) }), "", tax)),
  );
  form.querySelector("[data-total]").textContent = money(now.total);
  const later = form.querySelector("[data-later]");
  later.hidden = !found.some(waits);
  if (!later.hidden) later.textContent = fill(facts.words.later, { amount: money(addUp(prices).total) });
}

// ---- People

const travels = () => form.querySelector("[name=contact_travels]");

function typedName(card) {
  const same = card.contains(travels()) && travels().checked;
  const own = card.querySelector("[data-name]").value.trim();
  return own || (same ? form.elements.contact_name.value.trim() : "");
}

function sameAsContact() {
  const box = travels();
  if (!box) return;
  const who = box.closest("[data-person]").querySelector("[data-who]");
  const wrong = who.querySelector(".error") !== null;
  for (const field of all(who, "input")) {
    // What is hidden is not sent; it comes back when the tick is taken away.
    if (box.checked && !wrong) [field.dataset.typed, field.value] = [field.value, ""];
    else if (!field.value) field.value = field.dataset.typed ?? "";
  }
  who.hidden = box.checked && !wrong;
}

function number(people) {
  people.forEach((card, index) => {
    card.querySelector("[data-number]").textContent = index + 1;
    card.querySelector("[data-remove]").hidden = people.length < 2;
  });
  form.querySelector("[data-add]").hidden = people.length >= facts.largest;
  form.querySelector("[data-most]").hidden = people.length < facts.largest;
  form.querySelector("[data-together]").hidden = people.length < 2;
  form.querySelector("[data-send]").textContent = facts.words.send[Math.min(people.length, facts.largest) - 1];
}

function fold(card) {
  const body = card.querySelector("[data-body]");
  const finished = typedName(card) && segmentOf(card) && !card.querySelector(".invalid");
  if (finished) body.open = false;
}

function sayChoices(card, key) {
  const titles = all(card, "[data-visit]:has(input:checked) strong").map((one) => one.textContent);
  const parts = [facts.segments[key]?.name, ...titles].filter(Boolean);
  card.querySelector("[data-choices]").textContent = parts.map((part) => `${part} · `).join("");
}

function add() {
  const people = cards();
  people.forEach(fold);
  const next = Math.max(-1, ...people.map((card) => Number(card.id.split("-")[1]))) + 1;
  const blank = document.createElement("template");
  blank.innerHTML = document.getElementById("blank-person").innerHTML
    .replaceAll("participants-9999", `participants-${next}`)
    .replaceAll("remove-9999", `remove-${next}`);
  form.querySelector("[data-add]").before(blank.content);
  update();
  tell(fill(facts.words.added, { number: people.length + 1 }));
  document.getElementById(`participants-${next}-name`).focus();
}

function remove(card) {
  card.remove();
  update();
  tell(facts.words.removed);
  document.getElementById("participants").focus();
}

// The key of a form stays with its place in the history: after Back it is the form that was sent, even where the browser
// had to fetch the page anew, and sending it once more makes no second booking.
function keepKey() {
  const key = form.elements.form_key;
  if (history.state?.formKey) key.value = history.state.formKey;
  else history.replaceState({ ...history.state, formKey: key.value }, "");
}

// A card that is unfolded by its summary takes the focus, since the summary is gone then; one that comes unfolded does not.
function unfolded(event) {
  const card = event.target.closest("[data-person]");
  const at = document.activeElement;
  if (event.target.open && card && (!card.contains(at) || at.closest("summary"))) card.focus();
}

// ---- All of it, after every change

const status = form?.querySelector("[data-status]");
let heardLast = [];

function tell(text) {
  status.textContent = text;
}

function update() {
  const people = cards();
  const found = outlooks(people);
  const names = [], said = [];
  people.forEach((card, index) => {
    const typed = typedName(card);
    const name = typed || fill(facts.words.person, { number: index + 1 });
    names.push(name);
    for (const title of all(card, "[data-title]")) title.textContent = typed || facts.words.someone;
    showQuestions(card);
    showVisits(card, facts.full || found[index].position !== undefined);
    hideRelevance(card);
    sayChoices(card, found[index].key);
    said.push(sayOutlook(card, found[index], name), ...sayClashes(card, name));
  });
  number(people);
  showSum(names, found);
  // Who hears the page hears what is new, not all of it after every choice.
  const now = said.filter(Boolean);
  const fresh = now.filter((text) => !heardLast.includes(text));
  if (fresh.length || now.length < heardLast.length) tell(fresh.join(" "));
  heardLast = now;
}

function forgetError(field) {
  if (!field?.classList.contains("invalid")) return;
  field.querySelector(".error:not([data-clash])")?.remove();
  field.classList.remove("invalid");
  for (const one of all(field, "[aria-invalid]")) one.removeAttribute("aria-invalid");
}

document.querySelector("[data-alert]")?.focus();

if (form && facts) {
  form.querySelector("[data-recount]").hidden = true;
  keepKey();
  form.addEventListener("toggle", unfolded, true);
  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-remove], [data-add] button");
    if (!pressed) return;
    event.preventDefault();
    if (pressed.matches("[data-remove]")) remove(pressed.closest("[data-person]"));
    else add();
  });
  form.addEventListener("change", (event) => {
    forgetError(event.target.closest(".visits"));
    if (event.target === travels()) sameAsContact();
    update();
  });
  form.addEventListener("input", update);
  // On a slow line nothing else tells that the press was heard. A second press is harmless: the key of the form is the same.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "send") return;
    form.querySelector("[data-send]").textContent = facts.words.sending;
    tell(facts.words.sending);
  });
  // After Back, browsers put typed values in again without an event.
  window.addEventListener("pageshow", () => {
    const box = travels();
    if (box?.closest("[data-person]").querySelector("[data-name]").value.trim()) box.checked = false;
    sameAsContact();
    update();
  });
} else {
  for (const card of cards()) {
    showQuestions(card);
    hideRelevance(card);
    card.addEventListener("change", () => showQuestions(card));
  }
}

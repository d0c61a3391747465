// The page of what is kept on this phone: each report that was not sent, in words, with what may
// be done about it; of what somebody else has told, only how many. On the way out it asks first.

import { leave } from "./leaving.js";
import { pending, throwAway, tryAgain } from "./outbox.js";
import { locale } from "./page.js";
import { plansKnown } from "./visitor.js";

const TODAY = "/me";
const UNCLEAR = 422;

/** A value of more characters than this has a line of its own. */
const SHORT = 12;

const list = document.querySelector("[data-entries]");
const template = document.querySelector("template[data-entry]");
const labels = document.querySelector("template[data-labels]").content;
const instant = new Intl.DateTimeFormat(locale, {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
});

await show();

async function show() {
  const [entries, plans] = await Promise.all([pending(), plansKnown()]);
  const own = entries.filter(({ plan }) => !plans || plans.includes(plan));
  list.replaceChildren(...own.map(item));
  const others = document.querySelector("[data-others]");
  others.hidden = own.length === entries.length;
  others.querySelector("[data-count]").textContent = entries.length - own.length;
  document.querySelector("[data-nothing]").hidden = entries.length > 0;
  const leaving = document.querySelector("[data-leaving]");
  leaving.hidden = !new URLSearchParams(location.search).has("leaving");
  leaving.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    leave(event.target);
  };
}

/** @param {import("./outbox.js").Entry} entry */
function item(entry) {
  const made = template.content.cloneNode(true);
  const find = (selector) => made.querySelector(selector);
  const fields = new URLSearchParams(entry.body);
  find("h2").textContent = instant.format(new Date(fields.get("started_at") ?? entry.madeAt));
  find("[data-state]").textContent = state(entry);
  find("dl").append(...facts(fields));
  find("[data-errors]").append(...errors(entry));
  const isUnclear = entry.status === UNCLEAR;
  find("[data-again]").hidden = entry.state !== "refused" || isUnclear;
  find("[data-again]").onclick = () => tryAgain(entry.id).then(() => location.assign(TODAY));
  const form = find("form");
  form.hidden = entry.state !== "refused" || !isUnclear;
  form.action = new URL(entry.url, location.href).pathname.replace(/^\/[^/]+/, TODAY);
  form.prepend(...hidden(fields));
  find("[data-throw-away]").onclick = () => throwAway(entry.id).then(show);
  return made;
}

function state({ state, status }) {
  return word(state === "waiting" ? "waiting" : `refused-${status}`) || word("refused");
}

function* facts(fields) {
  for (const [name, value] of fields) {
    if (!word(name) || value === "") continue;
    const className = value.length > SHORT ? "whole" : "";
    yield Object.assign(element("dt", word(name)), { className });
    yield Object.assign(element("dd", value), { className });
  }
}

function* errors({ errors = {} }) {
  for (const [name, faults] of Object.entries(errors)) {
    yield element("li", `${word(name) || name}: ${[faults].flat().join(", ")}`);
  }
}

function* hidden(fields) {
  for (const [name, value] of fields) {
    const input = document.createElement("input");
    yield Object.assign(input, { type: "hidden", name, value });
  }
}

/** What the page calls something; nothing where it has no word for it. */
function word(name) {
  return labels.querySelector(`[data-name="${CSS.escape(name)}"]`)?.textContent ?? "";
}

function element(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}

// The quiet line about the network: whether there is one, what waits to be sent, and how old the
// page is. Its words are on the element, in the patient's language.

import { dateIn, now } from "./clock.js";
import * as page from "./page.js";

const KEPT = `/me/kept?lang=${page.language}`;
const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;

const line = document.querySelector("[data-connection]");
let outbox = { waiting: 0, refused: 0, sent: 0, mustSignIn: false };
let isReached = !page.isKept;
let shown = "[]";

/** Keep the line true from now on. */
export function watch() {
  if (!line) return;
  window.addEventListener("rehab:outbox", ({ detail }) => {
    outbox = detail;
    isReached ||= detail.sent > 0;
    show();
  });
  window.addEventListener("rehab:reached", () => {
    isReached = true;
    show();
  });
  for (const name of ["online", "offline"]) window.addEventListener(name, show);
  document.addEventListener("visibilitychange", show);
  setInterval(show, MINUTE);
  show();
}

/** Whether the patient's day has changed since the page was made. */
export async function isOfAnotherDay() {
  return page.on !== "" && page.on !== dateIn(await now(), page.zone);
}

async function show() {
  const said = [aboutOutbox(), await aboutPage()].filter(Boolean);
  if (JSON.stringify(said) === shown) return;
  shown = JSON.stringify(said);
  line.replaceChildren(...said.flatMap(({ text, link }) => [text, " ", link ? a(link) : ""]));
  line.hidden = said.length === 0;
}

/** @typedef {{text: string, link?: {text: string, href: string}}} Note */

/** @returns {Note | undefined} */
function aboutOutbox() {
  const words = line.dataset;
  if (outbox.refused) {
    return { text: words.refused, link: { text: words.refusedLink, href: KEPT } };
  }
  if (outbox.waiting && outbox.mustSignIn && words.signInHref) {
    return { text: words.signIn, link: { text: words.signInLink, href: words.signInHref } };
  }
  if (outbox.waiting) return { text: words.waiting.replace("{n}", outbox.waiting) };
  if (outbox.sent) return { text: words.sent };
}

/** @returns {Promise<Note | undefined>} */
async function aboutPage() {
  const isOffline = !navigator.onLine || !isReached;
  if (isOffline && (await isOfAnotherDay())) {
    return { text: line.dataset.stale.replace("{day}", await dayOfPage()) };
  }
  if (isOffline && !outbox.waiting) return { text: line.dataset.offline };
}

/** "Sunday"; a day of more than a week ago with its date. */
async function dayOfPage() {
  const day = new Date(page.on);
  const isLongAgo = (await now()) - day > WEEK;
  const date = isLongAgo ? { day: "numeric", month: "long" } : {};
  const told = new Intl.DateTimeFormat(page.locale, { weekday: "long", ...date, timeZone: "UTC" });
  return told.format(day);
}

function a({ text, href }) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  return link;
}

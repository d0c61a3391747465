// What this phone still holds: a session that was begun before midnight, one that waits to be sent,
// or the page of another day. The page says so before anything is begun anew.

import { dateIn, now } from "../offline/clock.js";
import { isOfAnotherDay } from "../offline/connection.js";
import { draft, dropDraft } from "../offline/drafts.js";
import { pending } from "../offline/outbox.js";
import * as page from "../offline/page.js";

const DAY = 86_400_000;
const HALF_A_DAY = DAY / 2;

const begun = document.querySelector("[data-yesterday]");
const waiting = document.querySelector("[data-waiting]");
const closed = document.querySelector("[data-closed]");

if (begun) offer(begun, begun.dataset.yesterday);
if (waiting) tell(waiting, waiting.dataset.waiting);
if (closed && page.isKept) nameDay(closed.dataset.closed);

/** "Done for today" is not said of another day; the line about the network says the rest. */
async function nameDay(day) {
  if (await isOfAnotherDay()) document.querySelector("h1").textContent = day;
}

/** A session of last evening is gone on with, or left. */
async function offer(section, plan) {
  const instant = await now();
  const yesterday = dateIn(new Date(instant - DAY), page.zone);
  const kept = await draft(plan, yesterday);
  section.hidden = !kept || instant - Date.parse(kept.startedAt) > HALF_A_DAY;
  section.querySelector("[data-go]").search = addedTo(section.querySelector("[data-go]").search, yesterday);
  section.querySelector("[data-drop]").addEventListener("click", async () => {
    await dropDraft(plan, yesterday);
    section.hidden = true;
  });
}

function addedTo(search, on) {
  const query = new URLSearchParams(search);
  query.set("on", on);
  return `?${query}`;
}

async function tell(section, plan) {
  const reports = (await pending(plan)).map(({ body }) => new URLSearchParams(body));
  const days = reports.map((report) => report.get("completion") && dayOf(report.get("started_at")));
  section.hidden = !days.includes(section.dataset.day);
}

function dayOf(instant) {
  return dateIn(new Date(instant), page.zone);
}

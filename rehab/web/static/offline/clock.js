// The server's time, as well as this phone can tell. A phone's clock may be wrong by hours; how
// much is learned from every page that came from the server and remembered for when none can.

import * as page from "./page.js";
import { change, get } from "./store.js";

const FACT = "correction";

/** How far a clock may be off, in milliseconds, before that is worth anybody's while. */
const SLACK = 60_000;

/** What this very page tells, where it came from the server just now. */
const told = toldByThisPage();

/** When it is noted. */
export const learned = learn().catch(() => {});

function toldByThisPage() {
  if (page.isKept || Number.isNaN(page.madeAt)) return undefined;
  const [load] = performance.getEntriesByType("navigation");
  const answeredAt = Date.now() - performance.now() + (load?.responseStart ?? 0);
  return Math.round(page.madeAt - answeredAt);
}

/**
 * A correction stays as it is until it is off by more than a minute, so that the same report always
 * says the same time.
 */
async function learn() {
  if (told === undefined) return;
  await change("facts", FACT, (known = 0) => (Math.abs(told - known) > SLACK ? told : known));
}

/** @returns {Promise<number>} what to add to the phone's clock, in milliseconds */
export async function correction() {
  await learned;
  const known = (await get("facts", FACT).catch(() => told)) ?? 0;
  return Math.abs(known) > SLACK ? known : 0;
}

/** @returns {Promise<Date>} */
export async function now() {
  return new Date(Date.now() + (await correction()));
}

/**
 * The calendar day of an instant in a time zone, as 2026-03-02.
 * @param {Date} instant
 * @param {string | undefined} zone
 */
export function dateIn(instant, zone) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(instant);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}`;
}

// Reports on this phone that the server has not taken yet. A report is kept before it is sent, and
// it goes by one id however often it is tried, so it counts once.

import * as clock from "./clock.js";
import { after, entryOf, isDue } from "./entry.js";
import * as page from "./page.js";
import { post } from "./post.js";
import { all, change, get, prune, remove } from "./store.js";
import { plansNow } from "./visitor.js";

/** @typedef {import("./entry.js").Entry} Entry */

const LOCK = "rehab-outbox";
const A_DAY = 86_400_000;
const UNCLEAR = 422;

/** How long a person is kept waiting for the server, in milliseconds; the sending goes on. */
const PATIENCE = 8_000;

let mustSignIn = false;
let sent = 0;

/**
 * Keep a report, then try to send it.
 * @param {{id: string, plan: string, url: string, body: string}} report
 * @returns {Promise<{sent: true, next: string} | {sent: false, kept: boolean}
 *   | {refused: true, errors: Record<string, string[]>}>} `kept` is false where the phone keeps
 *   nothing and the server was not reached
 */
export async function send(report) {
  const made = await entryOf(report);
  const kept = await keep(made).catch(() => null);
  const sending = alone({}, async () => {
    const entry = kept ? await get("outbox", made.id) : made;
    if (!entry || entry.state === "sent") return { sent: true, next: entry?.next };
    if (!(await plansNow()).includes(entry.plan)) return { sent: false, kept: kept !== null };
    return told(await attempt(entry), kept !== null);
  }).finally(announce);
  return kept ? Promise.race([sending, patience()]) : sending;
}

/**
 * Send what waits and is of this page's plans. `eager` is for when something has changed: the
 * network is back, the page is looked at again.
 */
export async function flush(eager = false) {
  await alone({ ifAvailable: true }, async () => {
    const plans = await plansNow();
    const ours = (await pending()).filter((entry) => plans.includes(entry.plan));
    for (const entry of ours.filter((entry) => isDue(entry, eager))) {
      const answer = await attempt(entry);
      if (answer.lost || answer.signIn) break;
    }
  }).catch(() => {});
  await announce();
}

/** What is kept and not sent, of one plan or all, the oldest first. @returns {Promise<Entry[]>} */
export async function pending(planId) {
  const entries = await all("outbox").catch(() => []);
  return entries
    .filter((entry) => entry.state !== "sent" && (!planId || entry.plan === planId))
    .sort((one, other) => one.madeAt.localeCompare(other.madeAt));
}

/** Try a refused report once more, as it is. */
export function tryAgain(id) {
  return change("outbox", id, (entry) => entry && { ...entry, state: "waiting", heldUntil: 0 });
}

/** Give a report up. Only a person decides that. */
export function throwAway(id) {
  return remove("outbox", id);
}

/** The server shows a session: what was unclear in its report has been put right there. */
export function putRight(id) {
  const was = (key, { state, status }) => key === id && state === "refused" && status === UNCLEAR;
  return prune("outbox", was);
}

/** Tell the page how many wait, were refused, and were sent since it was opened, of its plans. */
export async function announce() {
  const ours = (await pending()).filter((entry) => page.plans.includes(entry.plan));
  const waiting = ours.filter((entry) => entry.state === "waiting").length;
  const detail = { waiting, refused: ours.length - waiting, sent, mustSignIn };
  window.dispatchEvent(new CustomEvent("rehab:outbox", { detail }));
}

/** Let go of what is left of reports that were sent a day ago. */
export async function tidy() {
  const first = (await clock.now()).getTime() - A_DAY;
  await prune("outbox", (_, { state, madeAt }) => state === "sent" && Date.parse(madeAt) < first);
}

/** A report told again replaces what it said before, in its old place in the queue. */
function keep(made) {
  return change("outbox", made.id, (kept) => ({ ...made, madeAt: kept?.madeAt ?? made.madeAt }));
}

/** Send an entry and note what came of it, unless it says something else by now. */
async function attempt(entry) {
  const answer = await post(entry);
  mustSignIn = answer.signIn ?? (answer.lost ? mustSignIn : false);
  if (answer.next !== undefined) sent += 1;
  const became = after(entry, answer);
  const noted = (kept) => (kept?.body === entry.body ? became : undefined);
  await change("outbox", entry.id, noted).catch(() => {});
  return answer;
}

function told(answer, kept) {
  if (answer.next !== undefined) return { sent: true, next: answer.next };
  if (answer.errors) return { refused: true, errors: answer.errors };
  return { sent: false, kept };
}

function patience() {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, { sent: false, kept: true }));
}

/** One tab at a time, where the browser can tell; where it cannot, the id still counts once. */
async function alone(options, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(LOCK, options, (lock) => lock && work());
}

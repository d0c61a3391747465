// What every page of the app begins with: the worker that opens it without a network, the reports
// that wait, and the line that tells of both.

import { learned, now } from "./clock.js";
import { isOfAnotherDay, watch } from "./connection.js";
import { dropOldDrafts } from "./drafts.js";
import { isInstalled, offerInstalling } from "./install.js";
import { clearAtTheWayOut } from "./leaving.js";
import { flush, putRight, tidy } from "./outbox.js";
import * as page from "./page.js";
import { note } from "./visitor.js";

const MINUTE = 60_000;
const OLD = 10 * MINUTE;
const SCOPE = "/me";
const SESSION = /\/sessions\/([^/]+)$/;

let outbox = { waiting: 0, sent: 0 };

offerInstalling();
clearAtTheWayOut();
watch();
beginWorker();
window.addEventListener("rehab:outbox", ({ detail }) => {
  if (detail.sent > outbox.sent) renewPages();
  outbox = detail;
});
window.addEventListener("online", lookAgain);
window.addEventListener("pageshow", ({ persisted }) => persisted && lookAgain());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") lookAgain();
});
setInterval(() => outbox.waiting && flush(), MINUTE);

if (page.isKept && navigator.onLine) renewPages();
await Promise.allSettled([learned, note()]);
const shown = location.pathname.match(SESSION)?.[1];
if (shown && !page.isKept) await putRight(shown).catch(() => {});
await flush(true);
await tidy().catch(() => {});
if (!page.isKept) await dropOldDrafts(page.on).catch(() => {});
if (isInstalled()) await navigator.storage?.persist?.().catch(() => {});

/** A page of the day that was left open or kept since is not today's. */
async function lookAgain() {
  const isStale = page.isKept || (await isOfAnotherDay());
  if (page.isToday && navigator.onLine && isStale) return location.reload();
  if (page.isKept) renewPages();
  await flush(true);
}

/** The worker has today's page anew: there is a network, and an old copy makes way. */
async function renewed() {
  const isOld = (await now()) - page.madeAt > OLD;
  if (page.isKept && page.isToday && isOld) location.reload();
  else window.dispatchEvent(new Event("rehab:reached"));
}

function beginWorker() {
  const workers = navigator.serviceWorker;
  if (!page.worker || !workers) return;
  workers.addEventListener("controllerchange", renewPages);
  workers.addEventListener("message", renewed);
  workers.register(page.worker, { scope: SCOPE, updateViaCache: "none" }).catch(() => {});
}

/** Have the kept pages fetched anew: they changed, or a new worker keeps them. */
function renewPages() {
  navigator.serviceWorker?.controller?.postMessage("renew");
}

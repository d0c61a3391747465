// Sessions that were begun and not yet sent. All tabs of a phone share one draft a plan and day.

import { change, get, prune, remove } from "./store.js";

/**
 * @typedef {object} Draft
 * @property {string} id the id that the session will be reported by
 * @property {any} fields what was entered so far
 * @property {any} step where in the session it was left
 * @property {string} startedAt RFC 3339
 */

const DAYS_KEPT = 7;
const DAY = 86_400_000;

/** @param {string} planId @param {string} date 2026-03-02 @returns {Promise<Draft | null>} */
export async function draft(planId, date) {
  return (await get("drafts", key(planId, date)).catch(() => null)) ?? null;
}

/**
 * Keep a draft. Id and start are those of the tab that began it, until the draft is dropped.
 * @param {string} planId
 * @param {string} date
 * @param {Draft} draft
 * @returns {Promise<Draft>} the draft as it is kept; where the phone keeps nothing, as it was given
 */
export async function keepDraft(planId, date, draft) {
  const begun = (kept) => ({
    ...draft,
    id: kept?.id ?? draft.id,
    startedAt: kept?.startedAt ?? draft.startedAt,
  });
  return change("drafts", key(planId, date), begun).catch(() => draft);
}

/** @param {string} planId @param {string} date */
export async function dropDraft(planId, date) {
  await remove("drafts", key(planId, date)).catch(() => {});
}

/** Let go of drafts of a week before `today` and earlier, by the server's calendar. */
export async function dropOldDrafts(today) {
  const first = Date.parse(today) - DAYS_KEPT * DAY;
  if (!Number.isNaN(first)) await prune("drafts", (key) => Date.parse(key.split(" ")[1]) < first);
}

function key(planId, date) {
  return `${planId} ${date}`;
}

// Whose app this browser opens. Several people may sign in on one phone, one after the other, and
// a tab of the first may still be open: what is theirs goes by their own sign-in or not at all.

import * as page from "./page.js";
import { get, put } from "./store.js";

const FACT = "plans";

/** Note whose sign-in this is, where the server has just said so. */
export async function note() {
  if (page.worker && !page.isKept) await put("facts", FACT, page.plans);
}

/**
 * The plans of who was signed in last, for a page about nobody.
 * @returns {Promise<string[] | undefined>} undefined where nobody ever was
 */
export function plansKnown() {
  return get("facts", FACT).catch(() => undefined);
}

/**
 * The plans that may be reported for from this page now. A reminder's link says itself whose it is.
 * @returns {Promise<string[]>}
 */
export async function plansNow() {
  if (!page.worker) return page.plans;
  const known = await plansKnown();
  return page.plans.filter((plan) => !known || known.includes(plan));
}

// One report in the outbox: how it begins, when it is tried, and what an answer makes of it.

import * as clock from "./clock.js";

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} plan
 * @property {string} url
 * @property {string} body form-encoded
 * @property {string} madeAt RFC 3339
 * @property {number} tries
 * @property {"waiting" | "refused" | "sent"} state what was sent stays for a day, without its body
 * @property {number} [restUntil] no try before this, but when the network returns
 * @property {number} [heldUntil] no try at all before this: the server asked for it
 * @property {number} [status] of the refusal
 * @property {Record<string, string[]>} [errors] of the refusal
 * @property {string} [next] the page after it was sent
 */

const MINUTE = 60_000;
const LONGEST_REST = 15 * MINUTE;

/** A rest of more than this, in milliseconds, comes of a phone's clock that was set back. */
const NO_REST = 60 * MINUTE;

/**
 * @param {{id: string, plan: string, url: string, body: string}} report
 * @returns {Promise<Entry>}
 */
export async function entryOf({ id, plan, url, body }) {
  const madeAt = (await clock.now()).toISOString();
  return { id, plan, url, body: await timed(body), madeAt, tries: 0, state: "waiting" };
}

/** A report says when its session began by the server's clock. */
async function timed(body) {
  const fields = new URLSearchParams(body);
  const startedAt = Date.parse(fields.get("started_at") ?? "");
  const correction = await clock.correction();
  if (!correction || Number.isNaN(startedAt)) return body;
  fields.set("started_at", new Date(startedAt + correction).toISOString());
  return fields.toString();
}

/** Whether it may be tried now; `eager` passes over a rest that is ours. @param {Entry} entry */
export function isDue({ state, restUntil = 0, heldUntil = 0 }, eager) {
  const now = Date.now();
  const isOver = (instant) => instant <= now || instant > now + NO_REST;
  return state === "waiting" && isOver(heldUntil) && (eager || isOver(restUntil));
}

/** @param {Entry} entry @param {import("./post.js").Answer} answer @returns {Entry} */
export function after(entry, answer) {
  if (answer.next !== undefined) {
    return { ...entry, state: "sent", body: "", next: answer.next };
  }
  if (answer.errors) {
    return { ...entry, state: "refused", status: answer.status, errors: answer.errors };
  }
  const rest = Math.min(2 ** entry.tries * MINUTE, LONGEST_REST);
  const restUntil = Date.now() + rest;
  const heldUntil = Date.now() + (answer.seconds ?? 0) * 1000;
  return { ...entry, tries: entry.tries + 1, restUntil, heldUntil };
}

// One report on its way to the server, and what the answer means for it.

import * as page from "./page.js";

/**
 * @typedef {object} Answer one of:
 * @property {string} [next] taken: the page that comes after it
 * @property {Record<string, string[]>} [errors] refused, by field
 * @property {number} [status] the status of a refusal
 * @property {true} [signIn] nobody is signed in any more
 * @property {true} [lost] no answer; perhaps it arrived
 * @property {true} [busy] the server cannot take it now
 * @property {number} [seconds] how long the server wants to be left alone
 */

const LONGEST = 12_000;
const KEPT_ALIVE = 60_000;
const BUSY = new Set([408, 425, 429]);

/** @param {{url: string, body: string}} entry @returns {Promise<Answer>} */
export async function post({ url, body }) {
  try {
    return await meaning(await sent(byThisDoor(url), body));
  } catch {
    return { lost: true };
  }
}

/** A report that was begun by a reminder's link may go by a sign-in, and the other way round. */
function byThisDoor(url) {
  const rest = new URL(url, location.href).pathname.replace(/^\/[^/]*/, "");
  return page.door + rest;
}

function sent(url, body) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    redirect: "manual",
    keepalive: body.length < KEPT_ALIVE,
    signal: AbortSignal.timeout?.(LONGEST),
  });
}

/** @param {Response} answer @returns {Promise<Answer>} */
async function meaning(answer) {
  if (answer.ok) return { next: (await answer.json()).next };
  if (answer.type === "opaqueredirect" || answer.status === 401) return { signIn: true };
  if (answer.status >= 500 || BUSY.has(answer.status)) {
    return { busy: true, seconds: Number(answer.headers.get("Retry-After")) || 0 };
  }
  const problem = await answer.json().catch(() => ({}));
  return { status: answer.status, errors: problem.errors ?? {} };
}

// The way out: whoever signs out leaves nothing on the phone, and the browser clears what is left of
// anybody. What was not sent yet, by whomever, would be lost with it, so that is asked about first,
// on a page of its own.

import { pending } from "./outbox.js";
import { language } from "./page.js";
import { forget } from "./store.js";

const WAY_OUT = "/sign-out";
const FIRST = `/me/kept?lang=${language}&leaving`;

/** Clear the phone before a form that signs out is sent. */
export function clearAtTheWayOut() {
  document.addEventListener("submit", async (event) => {
    if (!signsOut(event.target)) return;
    event.preventDefault();
    if ((await pending()).length) location.assign(FIRST);
    else await leave(event.target);
  });
}

/** @param {HTMLFormElement} form */
export async function leave(form) {
  await forget().catch(() => {});
  form.submit();
}

/** Others that end this very sign-in say so by `data-leaving`. */
function signsOut(form) {
  const path = new URL(form.getAttribute("action") ?? "", location.href).pathname;
  return path === WAY_OUT || "leaving" in form.dataset;
}

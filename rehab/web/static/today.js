// The day's page: an answer is kept on the phone before it is sent, and a session that was begun
// is gone on with.
import { isOfAnotherDay } from "./offline/connection.js";
import { draft } from "./offline/drafts.js";
import { send } from "./offline/outbox.js";

const questions = document.querySelectorAll("form[data-keep]");
for (const form of questions) {
  form.addEventListener("submit", (event) => {
    if ("plain" in form.dataset) return;
    event.preventDefault();
    answer(form, event.submitter);
  });
}

document.addEventListener("visibilitychange", hideWhatIsPast);
await hideWhatIsPast();

for (const link of document.querySelectorAll("a[data-session]")) {
  if (await draft(link.dataset.session, document.body.dataset.on)) {
    link.textContent = link.dataset.continue;
  }
}

/** A morning that is over is asked about no more; the line about the network says what day this is. */
async function hideWhatIsPast() {
  if (!(await isOfAnotherDay())) return;
  for (const form of questions) (form.closest("details") ?? form).hidden = true;
}

/** Send one answer; what cannot be sent waits, and the line about the network says so. */
async function answer(form, button) {
  if (await isOfAnotherDay()) return navigator.onLine ? location.reload() : hideWhatIsPast();
  const body = new URLSearchParams(new FormData(form, button));
  const plan = body.get("plan") ?? document.body.dataset.plans.split(" ")[0];
  const id = `morning:${plan}:${body.get("on")}:${button.name}`;
  const result = await send({ id, plan, url: form.action, body: body.toString() });
  if (result.sent) {
    location.assign(result.next);
  } else if (result.kept || result.refused) {
    form.hidden = true;
  } else {
    form.dataset.plain = "";
    form.requestSubmit(button);
  }
}

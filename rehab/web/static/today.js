// The day's page: an answer is kept on the phone before it is sent, and a session that was begun
// is gone on with.
import { draft } from "./offline/drafts.js";
import { send } from "./offline/outbox.js";

for (const form of document.querySelectorAll("form[data-keep]")) {
  form.addEventListener("submit", (event) => {
    if ("plain" in form.dataset) return;
    event.preventDefault();
    answer(form, event.submitter);
  });
}

for (const link of document.querySelectorAll("a[data-session]")) {
  if (await draft(link.dataset.session, document.body.dataset.on)) {
    link.textContent = link.dataset.continue;
  }
}

/** Send one answer; what cannot be sent waits, and the line about the network says so. */
async function answer(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const plan = body.get("plan") ?? document.body.dataset.plans.split(" ")[0];
  const id = `morning:${plan}:${Date.now()}`;
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

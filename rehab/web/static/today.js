// The day's page: an answer is kept on the phone before it is sent, and a session that was begun
// is gone on with.
import { draft } from "./offline/drafts.js";
import { send } from "./offline/outbox.js";

for (const form of document.querySelectorAll("form[data-keep]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const plan = body.get("plan") ?? document.body.dataset.plans.split(" ")[0];
    const id = `morning:${plan}:${body.get("on")}:${event.submitter.name}`;
    const result = await send({ id, plan, url: form.action, body: body.toString() });
    if (result.sent) location.assign(result.next);
    else if (result.kept) form.hidden = true;
    else form.submit();
  });
}

for (const link of document.querySelectorAll("a[data-session]")) {
  if (await draft(link.dataset.session, document.body.dataset.on)) {
    link.textContent = link.dataset.continue;
  }
}

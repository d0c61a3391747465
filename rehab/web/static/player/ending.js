// The end of a session: it is sent, or kept until there is a network, or put right first.

import { pointAt, unanswered } from "./fields.js";

/**
 * @param {import("./session.js").Session} session
 * @param {ReturnType<import("./steps.js").steps>} way
 * @param {ReturnType<import("./bar.js").barOf>} bar
 */
export function ending(session, way, bar) {
  const { root } = session;
  const stepsOf = () => [...root.querySelectorAll("[data-step]")];

  /** Say one thing instead of all steps. @param {string} name */
  function say(name) {
    for (const step of stepsOf()) step.hidden = true;
    const said = root.querySelector(`[data-says=${name}]`);
    said.hidden = false;
    scrollTo(0, 0);
    said.querySelector("h2").focus();
  }

  /** It is on its way: nothing of it is kept as a draft any more. */
  function done() {
    session.isOver = true;
    bar.end();
    return session.drop();
  }

  /** Kept until there is a network; what is worth a talk is spoken of now. */
  function kept() {
    const isWorthATalk = root.querySelector("[name=red_flags][data-tier=S]:checked");
    root.querySelector("[data-worth-a-talk]").hidden = !isWorthATalk;
    say("kept");
  }

  function leave() {
    location.replace(root.dataset.today);
  }

  function refused(errors) {
    const list = root.querySelector("[data-faults]");
    const texts = Object.values(errors).flat();
    list.replaceChildren(...(texts.length ? texts : [list.dataset.other]).map(item));
    root.querySelector("[data-again]").onclick = () => lookAt(Object.keys(errors)[0]);
    say("refused");
  }

  /** Back to the step that a fault is about. */
  function lookAt(field) {
    root.querySelector("[data-says=refused]").hidden = true;
    const about = field && root.querySelector(`[name="${CSS.escape(field)}"]`);
    way.go(about?.closest("[data-step]") ?? stepsOf().at(-1));
  }

  async function finish() {
    const open = stepsOf().find(unanswered);
    if (open) {
      way.go(open);
      return pointAt(unanswered(open));
    }
    const button = way.current.querySelector(".actions button");
    button.disabled = true;
    const answer = await session.tell().finally(() => (button.disabled = false));
    if (answer.refused) return refused(answer.errors);
    if (!answer.sent && !answer.kept) return say("lost");
    await done();
    if (answer.next) location.replace(answer.next);
    else if (answer.sent) leave();
    else kept();
  }

  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && session.isOver) leave();
  });
  root.querySelector("[data-retry]").addEventListener("click", () => {
    root.querySelector("[data-says=lost]").hidden = true;
    way.go(stepsOf().at(-1));
  });

  return { finish, done, leave };
}

function item(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

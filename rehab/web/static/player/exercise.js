// Leads the patient through the page of one exercise, and writes down how it ended.

import { ask, filled } from "./ask.js";
import { coach } from "./coach.js";
import { deckOf } from "./deck.js";
import { wake } from "./sounds.js";
import { clear, complete, ease, isEased, reopen, share } from "./work.js";

/** A second touch within this many milliseconds is the same one. */
const BOUNCE = 400;

/**
 * @param {import("./session.js").Session} session
 * @param {{onward(): void, isLast(): boolean}} page
 */
export function conductor(session, { onward, isLast }) {
  const { root } = session;
  const deck = deckOf(root);
  let work, section, lead;
  let touchedAt = 0;

  deck.main.addEventListener("click", () => {
    if (Date.now() - touchedAt < BOUNCE) return;
    touchedAt = Date.now();
    wake();
    act(lead.phase);
  });
  deck.pace.addEventListener("click", () => {
    wake();
    lead.pace(!lead.isPaced);
  });
  deck.tooMuch.addEventListener("click", askTooMuch);
  deck.onward.addEventListener("click", askDid);
  deck.undo.addEventListener("click", askDid);
  deck.redo.addEventListener("click", () => {
    reopen(work);
    takeUp();
    deck.main.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && lead?.phase.kind !== "go") lead?.pause();
  });

  function act({ kind, isPaused }) {
    if (kind === "over") onward();
    else if (isPaused) lead.carryOn();
    else if (kind === "rest" || kind === "change") lead.skip();
    else if (kind !== "idle") lead.pause();
    else if (work.kind === "reps") lead.setDone();
    else lead.start();
  }

  /** From where the exercise stands, and without a sound. */
  function takeUp() {
    let isQuiet = true;
    const cue = (name) => deck.cue(name, work, isQuiet);
    const tick = () => deck.tick(lead.phase, work);
    lead = coach(work, { cue, changed, tick, late: askDid });
    lead.takeUp();
    isQuiet = false;
  }

  function changed() {
    if (!lead) return;
    deck.show(work, lead, isLast());
    if (lead.phase.left !== undefined) deck.tick(lead.phase, work);
    section.querySelector("[data-eased]").hidden = !isEased(work);
    session.keep();
  }

  async function askTooMuch() {
    lead.pause();
    const answer = await ask(root.querySelector("[data-ask-too-much]"));
    const [what, because] = answer.split(":");
    if (what === "sore") lead.end("sore");
    else if (what === "stop") lead.end("stopped", because);
    else if (what === "easier") makeEasier();
    deck.main.focus();
  }

  /** Half of what is left: of this exercise and of those that come after it. */
  function makeEasier() {
    lead.easier();
    const later = session.exercises.slice(session.exercises.indexOf(section) + 1);
    later.map((each) => session.workOf(each)).filter(({ over }) => !over).forEach(ease);
    changed();
    deck.say(root.querySelector("[data-cue-eased]").dataset.cueEased);
  }

  /** Nothing is taken for done, or for left out, that the patient did not say. */
  async function askDid() {
    lead.pause();
    const dialog = root.querySelector("[data-ask-did]");
    const partly = dialog.querySelector("[data-part]");
    const percent = Math.round(100 * share(work));
    partly.hidden = percent === 0 || percent === 100;
    partly.textContent = filled(partly.dataset.part, { share: percent });
    const answer = await ask(dialog);
    if (!answer) return deck.main.focus();
    if (answer === "all") complete(work);
    if (answer === "none") clear(work);
    lead.end(answer === "all" ? "done" : "left");
    onward();
  }

  return {
    /** @param {HTMLElement} shown the section of an exercise */
    enter(shown) {
      section = shown;
      work = session.workOf(section);
      deck.isShown = true;
      takeUp();
    },

    leave() {
      for (const dialog of root.querySelectorAll("dialog[open]")) dialog.close("");
      lead?.pause();
      lead = undefined;
      deck.isShown = false;
    },
  };
}

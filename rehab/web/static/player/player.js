// A session, led through: one thing a page, nothing lost, everything told at the end.

import { stayAwake } from "./awake.js";
import { barOf } from "./bar.js";
import { ending } from "./ending.js";
import { conductor } from "./exercise.js";
import { pointAt, settle, unanswered } from "./fields.js";
import { watchForDanger } from "./safety.js";
import { Session } from "./session.js";
import { nameOf, steps } from "./steps.js";
import "./yesterday.js";

const root = document.querySelector("[data-player]");
const rest = root.querySelector("template[data-rest]").content.cloneNode(true);
for (const step of rest.querySelectorAll("[data-step]")) step.hidden = true;
root.append(rest);
root.querySelector("[data-before]").noValidate = true;

const session = new Session(root);
await session.takeUp();

const way = steps(root, session.id, { applies, shown, strayed: () => end.leave() });
const bar = barOf(document.querySelector("[data-bar]"), root.dataset, () => way.back());
const end = ending(session, way, bar);
const exercise = conductor(session, {
  onward: () => way.next(),
  isLast: () => way.exercise.n === way.exercise.of,
});
const danger = watchForDanger(session, { tell: () => session.tell(), ended: end.done });

root.addEventListener("submit", onward);
root.addEventListener("click", ({ target }) => target.closest("button[type=button][data-next]") && goOn());
root.addEventListener("input", changed);
root.addEventListener("change", settle);
document.addEventListener("visibilitychange", lookElsewhere);

way.begin(session.step);
if (way.current.matches("[data-answered]") && !session.isBegun) goOn();
nameEmpties();
danger.look();

function applies({ dataset }) {
  return dataset.step !== "why" || session.isIncomplete;
}

function shown(step) {
  session.step = nameOf(step);
  session.keep();
  exercise.leave();
  if (step.dataset.exercise) exercise.enter(step);
  stayAwake(Boolean(step.dataset.exercise));
  bar.show(way);
}

/** @param {SubmitEvent} event */
function onward(event) {
  event.preventDefault();
  if (way.current.dataset.step === "note") end.finish();
  else goOn();
}

function goOn() {
  const open = unanswered(way.current);
  if (open) return pointAt(open);
  if (way.current.dataset.step === "before") session.choose();
  session.begin();
  way.next();
}

function changed() {
  session.begin();
  session.keep();
  nameEmpties();
}

/** A button says that there is nothing to tick until something is ticked. */
function nameEmpties() {
  for (const button of root.querySelectorAll("[data-empty]")) {
    const some = button.closest("[data-step]").querySelector("[type=checkbox]:checked");
    button.textContent = some ? button.dataset.some : button.dataset.empty;
  }
}

/** Another tab may have gone on with it, or have sent it. */
async function lookElsewhere() {
  if (document.hidden || session.isOver) return;
  const elsewhere = await session.elsewhere();
  if (elsewhere === "sent") end.leave();
  else if (elsewhere === "further") location.reload();
}

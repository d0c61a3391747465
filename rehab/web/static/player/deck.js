// The deck under an exercise: the cue in words, the count, and what the large button does now.

import { filled } from "./ask.js";
import { sound } from "./sounds.js";
import { current, isBegun } from "./work.js";

/** The last seconds of a phase, which are counted aloud. */
const LAST_SECONDS = 3;
const UNCOUNTED = new Set(["go", "pace"]);

/** @param {HTMLElement} root */
export function deckOf(root) {
  const deck = root.querySelector("[data-deck]");
  const part = (name) => deck.querySelector(`[data-${name}]`);
  const main = part("main");
  const pace = part("pace");
  const tooMuch = part("too-much");
  const onward = part("onward");
  const redo = part("redo");
  const undo = part("undo");
  const words = deck.dataset;
  let second = 0;

  function say(text) {
    if (part("cue").textContent !== text) part("cue").textContent = text;
  }

  return {
    main,
    pace,
    tooMuch,
    onward,
    redo,
    undo,
    say,

    set isShown(shown) {
      deck.hidden = !shown;
    },

    /** Tell in words, and softly in sound, what begins. */
    cue(name, work, isQuiet) {
      const idle = work.kind === "reps" ? words.cueMove : "";
      const over = work.over && work.over !== "done" ? work.over : "over";
      say(name === "idle" ? idle : cueOf(words, name === "over" ? over : name));
      if (!isQuiet) sound(over === "over" ? name : "rest");
    },

    /** Show how much of a phase is left. */
    tick({ kind, of, left }, work) {
      const seconds = Math.ceil(left);
      part("count").textContent = kind === "pace" ? nth(work, words.countOf) : clock(seconds);
      part("ring").setAttribute("stroke-dashoffset", 1 - left / of);
      const isNew = seconds !== second;
      second = seconds;
      if (isNew && seconds > 0 && seconds <= LAST_SECONDS && !UNCOUNTED.has(kind)) sound("count");
    },

    /** Show where the exercise stands. */
    show(work, lead, isLast) {
      const { kind, isPaused, left } = lead.phase;
      const isOver = kind === "over";
      main.textContent = isPaused ? words.carryOn : mainText(kind, work, isLast, words);
      if (isPaused) say(words.cuePaused);
      part("set").textContent = isOver ? "" : whichSet(work, words);
      part("dial").hidden = left === undefined;
      pace.hidden = work.kind !== "reps" || isOver;
      pace.setAttribute("aria-pressed", lead.isPaced);
      tooMuch.hidden = onward.hidden = isOver;
      redo.hidden = !isOver || !current(work);
      undo.hidden = !isOver || work.over !== "done" || work.kind === "reps";
    },
  };
}

function mainText(kind, work, isLast, words) {
  if (kind === "over") return isLast ? words.lastExercise : words.nextExercise;
  if (kind === "rest" || kind === "change") return words.skipRest;
  if (kind !== "idle") return words.pause;
  if (work.kind === "reps") return doneText(work, words);
  return isBegun(work) ? words.carryOn : words.start;
}

function doneText(work, words) {
  const [block, next] = work.blocks.filter((each) => each.done < each.reps);
  if (!next) return words.lastDone;
  return next.set === block.set ? words.sideDone : words.setDone;
}

function whichSet(work, words) {
  const block = current(work);
  const set = work.sets > 1 && filled(words.setOf, { n: block.set, of: work.sets });
  const times = work.kind === "reps" && filled(words.times, { n: block.reps });
  const repetition = work.kind === "hold" && block.reps > 1 && nth(work, words.repetition);
  return [set, words[block.side], times, repetition].filter(Boolean).join(" · ");
}

/** The repetition that is being done, in words such as "3 of 8". */
function nth(work, text) {
  const { done, reps } = current(work);
  return filled(text, { n: done + 1, of: reps });
}

function cueOf(words, name) {
  return words[`cue${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
}

/** 75 as 1:15; what is under a minute as it is. */
function clock(seconds) {
  if (seconds < 60) return String(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

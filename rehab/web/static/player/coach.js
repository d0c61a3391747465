// Leads through one exercise: get ready, hold, rest, the other side. It knows what comes next and
// for how long; what that looks and sounds like is the page's.

import { phases } from "./phases.js";
import { count, current, ease } from "./work.js";

/** Seconds: to lie or stand right, between two holds, between sets, and a repetition in rhythm. */
const SETTLE = 5;
const BETWEEN = 3;
const REST = 30;
const PACE = 3;

/** Minutes that ended longer ago than these seconds, with the page gone, were perhaps not done. */
const LATE = 60;

/**
 * @param {import("./work.js").Work} work
 * @param {{cue(name: string): void, tick(): void, changed(): void, late(): void}} page
 */
export function coach(work, page) {
  const phase = phases({ began, ticked, halted, runs });
  let isPaced = false;

  function began({ kind, isPaused }) {
    if (!isPaused) page.cue(kind);
    page.changed();
  }

  function ticked({ kind, of, left }, before) {
    if (kind === "go" && before > of / 2 && left <= of / 2) page.cue("half");
    page.tick();
  }

  /** Minutes say when they end, so that they go on while the page is gone. */
  function runs({ kind }, endsAt) {
    if (kind === "go") work.endsAt = endsAt;
  }

  function halted({ kind, left }) {
    delete work.endsAt;
    if (kind === "go") work.left = left;
  }

  /** Nobody knows whether they were done: only the patient can say. */
  function late() {
    delete work.endsAt;
    phase.enter("idle");
    page.late();
  }

  function settle() {
    phase.enter("ready", SETTLE, isPaced ? pace : hold);
  }

  function ready() {
    phase.enter("ready", BETWEEN, isPaced ? pace : hold);
  }

  function hold() {
    const block = current(work);
    if (work.kind === "minutes") phase.enter("go", block.hold, counted, work.left);
    else phase.enter("hold", block.hold, counted);
  }

  function pace() {
    phase.enter("pace", PACE, counted);
  }

  function counted() {
    const block = current(work);
    phase.halt();
    count(work);
    follow(block, isPaced ? pace : ready);
  }

  /** After a repetition or a set: on with it, or what comes between it and the next. */
  function follow(block, again) {
    const next = current(work);
    if (!next) end("done");
    else if (next === block) again();
    else if (next.set === block.set) phase.enter("change", SETTLE, begin);
    else phase.enter("rest", REST, begin);
  }

  function begin() {
    if (work.kind === "minutes") hold();
    else if (work.kind === "hold" || isPaced) ready();
    else phase.enter("idle");
  }

  function end(how, because) {
    phase.halt();
    Object.assign(work, { over: how, because });
    phase.enter("over");
  }

  return {
    get phase() {
      return phase.now;
    },

    get isPaced() {
      return isPaced;
    },

    /** From where the work stands; minutes that ran on while the page was gone run on. */
    takeUp() {
      if (work.over || !current(work)) return phase.enter("over");
      if (!work.endsAt) return phase.enter("idle");
      const left = (work.endsAt - Date.now()) / 1000;
      if (left < -LATE) return late();
      work.left = Math.max(0.1, left);
      hold();
    },

    start() {
      if (work.kind === "minutes") hold();
      else settle();
    },

    /** Repetitions in rhythm, or at one's own pace. */
    pace(on) {
      isPaced = on;
      if (on) ready();
      else phase.enter("idle");
    },

    setDone() {
      const block = current(work);
      count(work, block.reps);
      follow(block, begin);
    },

    /** Half of what is left, of the hold or the minutes that have begun too. */
    easier() {
      phase.pause();
      ease(work);
      const { kind, left } = phase.now;
      if (kind === "go") phase.now.left = work.left;
      if (kind === "hold") phase.now.left = Math.min(left, current(work).hold);
    },

    pause: phase.pause,
    carryOn: phase.carryOn,
    skip: phase.skip,
    end,
  };
}

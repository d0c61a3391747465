// One phase after the other, each with its own countdown: what runs, what is paused, what is left.

import { countdown } from "./timer.js";

/**
 * @typedef {object} Phase
 * @property {"idle" | "ready" | "hold" | "go" | "pace" | "rest" | "change" | "over"} kind
 * @property {number} [of] the seconds that it lasts in all; none for a phase that waits for a touch
 * @property {number} [left] those that are left of it
 * @property {boolean} [isPaused]
 * @property {() => void} [then] what comes after it by itself
 */

/**
 * @param {{began(phase: Phase): void, ticked(phase: Phase, before: number): void,
 *   halted(phase: Phase): void, runs(phase: Phase, endsAt: number): void}} tells
 */
export function phases({ began, ticked, halted, runs }) {
  /** @type {Phase} */
  let phase = { kind: "idle" };
  let timer = null;

  function run() {
    timer = countdown(phase.left, { tick, done: () => phase.then() });
    phase.isPaused = false;
    runs(phase, timer.endsAt);
  }

  function tick(left) {
    const before = phase.left;
    phase.left = left;
    ticked(phase, before);
  }

  /** Whether anything was running. */
  function halt() {
    if (!timer) return false;
    phase.left = timer.stop();
    timer = null;
    halted(phase);
    return true;
  }

  return {
    get now() {
      return phase;
    },

    /** @param {number} [of] seconds @param {() => void} [then] @param {number} [left] */
    enter(kind, of, then, left = of) {
      halt();
      phase = { kind, of, left, then };
      if (of) run();
      began(phase);
    },

    pause() {
      if (!halt()) return;
      phase.isPaused = true;
      began(phase);
    },

    carryOn() {
      if (!phase.isPaused) return;
      run();
      began(phase);
    },

    /** On to what comes after it. */
    skip() {
      const { then } = phase;
      halt();
      then();
    },

    halt,
  };
}

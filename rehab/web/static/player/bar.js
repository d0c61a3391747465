// Over a session: one step back, how far along it is, and the sound.

import { filled } from "./ask.js";
import { isOn, turn } from "./sounds.js";

/**
 * @param {HTMLElement} bar
 * @param {DOMStringMap} words of the session's element
 * @param {() => void} back
 */
export function barOf(bar, words, back) {
  const [backward, where, way, sound] = ["back", "where", "way", "sound"].map((name) =>
    bar.querySelector(`[data-${name}]`),
  );
  way.hidden = sound.hidden = false;
  backward.addEventListener("click", back);
  sound.addEventListener("click", () => {
    turn(!isOn());
    showSound();
  });
  showSound();

  function showSound() {
    sound.setAttribute("aria-pressed", isOn());
    sound.querySelector("[data-words]").textContent = isOn() ? sound.dataset.on : sound.dataset.off;
  }

  return {
    /** @param {ReturnType<import("./steps.js").steps>} steps */
    show(steps) {
      const { n, of } = steps.exercise;
      const isFirst = steps.way === 0;
      const isQuestion = !n && !isFirst && steps.current.dataset.step !== "eased";
      where.textContent = n ? filled(words.exerciseOf, { n, of }) : isQuestion ? words.questions : "";
      way.value = steps.way;
      backward.hidden = isFirst;
      sound.hidden = !n;
    },

    /** The session is over: nothing leads back into it. */
    end() {
      way.hidden = sound.hidden = backward.hidden = true;
      where.textContent = "";
    },
  };
}

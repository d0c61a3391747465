// One step at a time, in the order of the page. The phone's back button goes one step back.

/**
 * @param {HTMLElement} root
 * @param {string} id of the session, so that another one's steps in the history are not taken up
 * @param {{applies(step: HTMLElement): boolean, shown(step: HTMLElement): void,
 *   strayed(): void}} tells
 */
export function steps(root, id, { applies, shown, strayed }) {
  const title = document.title;
  const all = () => [...root.querySelectorAll("[data-step]")];
  /** @type {HTMLElement | undefined} */
  let current;

  window.addEventListener("popstate", ({ state }) => {
    const step = state?.session === id && all().find((each) => nameOf(each) === state.step);
    if (step) show(step);
    else strayed();
  });

  function show(step) {
    for (const each of all()) each.hidden = each !== step;
    current = step;
    const heading = step.querySelector("h2");
    document.title = heading ? `${heading.textContent} - ${title}` : title;
    scrollTo(0, 0);
    heading?.focus({ preventScroll: true });
    shown(step);
  }

  function push(step) {
    history.pushState({ session: id, step: nameOf(step) }, "");
  }

  return {
    get current() {
      return current;
    },

    /** Begin at a step; those before it lie in the history, so that back goes one step back. */
    begin(name) {
      const known = all().filter(applies);
      const at = Math.max(0, known.findIndex((step) => nameOf(step) === name));
      if (history.state?.session !== id) {
        history.replaceState({ session: id, step: nameOf(known[0]) }, "");
        known.slice(1, at + 1).forEach(push);
      }
      show(known[at]);
    },

    next() {
      const known = all();
      const step = known.slice(known.indexOf(current) + 1).find(applies);
      push(step);
      show(step);
    },

    go(step) {
      push(step);
      show(step);
    },

    back() {
      history.back();
    },

    /** How far the current step is along the way, 0-1. */
    get way() {
      const known = all().filter((step) => step === current || applies(step));
      return known.indexOf(current) / known.length;
    },

    /** Where the current one stands among the exercises, from 1; 0 for no exercise. */
    get exercise() {
      const exercises = all().filter((step) => step.dataset.exercise);
      return { n: exercises.indexOf(current) + 1, of: exercises.length };
    },
  };
}

/** @param {HTMLElement} step */
export function nameOf({ dataset }) {
  return dataset.exercise ? `exercise:${dataset.exercise}` : dataset.step;
}

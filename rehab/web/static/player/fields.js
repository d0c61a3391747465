// What stands in a form, as pairs that can be kept and put back.

/** @typedef {[string, string][]} Pairs */

/** @param {HTMLElement} root @returns {Pairs} of all its forms */
export function pairsOf(root) {
  return [...root.querySelectorAll("form")].flatMap((form) =>
    [...new FormData(form)].filter(([, value]) => value !== ""),
  );
}

/** Put back what was chosen and typed; what the page itself put in stays. @param {Pairs} pairs */
export function putBack(root, pairs) {
  for (const field of root.querySelectorAll("input, textarea, select")) {
    if (field.type === "hidden") continue;
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = values.includes(field.value);
    } else {
      field.value = values[0] ?? "";
    }
  }
}

/** The first question of a step that must be answered and is not. @param {HTMLElement} step */
export function unanswered(step) {
  return [...step.querySelectorAll("fieldset[aria-required=true]")].find(
    (question) => !question.querySelector("input:checked"),
  );
}

/** Say beside a question that it is open, and go to it. @param {HTMLElement} question */
export function pointAt(question) {
  question.setAttribute("aria-invalid", "true");
  question.querySelector(".fault").hidden = false;
  question.querySelector("input").focus();
}

/** @param {Event} event a change within a question that was pointed at */
export function settle({ target }) {
  const question = target.closest("fieldset[aria-invalid]");
  if (!question) return;
  question.removeAttribute("aria-invalid");
  question.querySelector(".fault").hidden = true;
}

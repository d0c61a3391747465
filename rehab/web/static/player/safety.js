// A sign of danger that is ticked: whom to call is shown at once, network or not, and the clinic
// is told when the patient says so, calls, or leaves the page.

const TIERS = ["E", "U"];
const SELF_HARM = "RF19";

/**
 * @param {import("./session.js").Session} session
 * @param {{tell(): Promise<{sent?: boolean, next?: string}>, ended(): void}} page
 */
export function watchForDanger(session, { tell, ended }) {
  const { root } = session;
  const ticks = () => [...root.querySelectorAll("[name=red_flags]:checked")];
  /** @type {HTMLElement | null} */
  let shown = null;
  let telling = null;

  root.addEventListener("change", ({ target }) => {
    if (target.name === "red_flags" && worst()) show();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && shown) told();
  });

  function worst() {
    return TIERS.find((tier) => ticks().some((tick) => tick.dataset.tier === tier));
  }

  function show() {
    const own = ticks().some(({ value }) => value === SELF_HARM) ? "[data-self-harm]" : ":not([data-self-harm])";
    const template = root.querySelector(`template[data-tier=${worst()}]${own}`);
    shown = template.content.firstElementChild.cloneNode(true);
    shown.addEventListener("click", touched);
    root.append(shown);
    root.classList.add("is-danger");
    scrollTo(0, 0);
    shown.querySelector("h2").focus();
  }

  function touched({ target }) {
    if (target.closest("[data-call], [data-tell]")) told();
    else if (target.closest("[data-mistake]")) takeBack();
  }

  /** Once is enough, and it is not taken back from here: a person at the clinic looks now. */
  async function told() {
    telling ??= tell();
    shown.querySelector("[data-mistake]").hidden = shown.querySelector("[data-tell]").hidden = true;
    const { sent, next } = await telling;
    const line = shown.querySelector("[data-told]");
    if (next) shown.querySelector("[data-end]").href = next;
    line.textContent = sent ? line.dataset.sent : line.dataset.kept;
    line.hidden = shown.querySelector("[data-end]").hidden = false;
    ended();
  }

  function takeBack() {
    for (const tick of ticks()) if (TIERS.includes(tick.dataset.tier)) tick.checked = false;
    shown.remove();
    shown = null;
    root.classList.remove("is-danger");
    root.querySelector("[name=red_flags]").focus();
    root.dispatchEvent(new Event("input"));
  }

  return {
    /** A tick that was kept from before the page was opened. */
    look() {
      if (worst()) show();
    },
  };
}

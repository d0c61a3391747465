// A sign of danger that is ticked: whom to call is shown at once, network or not, and the clinic
// is told when the patient says so, calls, or leaves the page.

const TIERS = ["E", "U"];
const SELF_HARM = "RF19";

/**
 * @param {import("./session.js").Session} session
 * @param {{tell(): Promise<{sent?: boolean, kept?: boolean, next?: string}>, ended(): void}} page
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
    const isSelfHarm = ticks().some(({ value }) => value === SELF_HARM);
    const templates = [...root.querySelectorAll(`template[data-tier=${worst()}]`)];
    const chosen = templates.find(({ dataset }) => "selfHarm" in dataset === isSelfHarm);
    shown = chosen.content.firstElementChild.cloneNode(true);
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
    offer(false);
    telling ??= tell();
    const { sent, kept, next } = await telling;
    const line = shown.querySelector("[data-told]");
    line.textContent = sent ? line.dataset.sent : kept ? line.dataset.kept : line.dataset.lost;
    line.hidden = false;
    if (!sent && !kept) return tryAgain();
    const end = shown.querySelector("[data-end]");
    if (next) end.href = next;
    end.hidden = false;
    ended();
  }

  function tryAgain() {
    telling = null;
    offer(true);
  }

  function offer(open) {
    for (const name of ["mistake", "tell"]) shown.querySelector(`[data-${name}]`).hidden = !open;
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

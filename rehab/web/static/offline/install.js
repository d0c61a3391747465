// The hint on the settings page that the app can stand on the home screen, where the browser
// offers it, and in words on phones where only a person can do it.

const hint = document.querySelector("[data-install]");

/** @type {Event & {prompt(): Promise<void>} | null} */
let offer = null;

/** Hold the browser's own question back; whoever wants the app asks for it in the settings. */
export function offerInstalling() {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    show();
  });
  window.addEventListener("appinstalled", () => {
    offer = null;
    show();
  });
  hint?.querySelector("[data-install-now]").addEventListener("click", ask);
  show();
}

/** Whether this page runs as an app already. */
export function isInstalled() {
  return navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
}

async function ask() {
  const asked = offer;
  offer = null;
  await asked?.prompt();
  show();
}

function show() {
  if (!hint) return;
  const isByHand = navigator.standalone === false;
  hint.hidden = isInstalled() || !(offer || isByHand);
  hint.querySelector("[data-install-now]").hidden = !offer;
  hint.querySelector("[data-install-by-hand]").hidden = !isByHand;
}

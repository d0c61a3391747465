// The screen stays on while somebody exercises in front of it.

let isWanted = false;

/** @type {WakeLockSentinel | null} */
let lock = null;

document.addEventListener("visibilitychange", take);

/** @param {boolean} wanted */
export function stayAwake(wanted) {
  isWanted = wanted;
  if (wanted) return take();
  lock?.release();
  lock = null;
}

/** A phone takes the lock back whenever the page is hidden. */
async function take() {
  if (!isWanted || document.visibilityState !== "visible" || !navigator.wakeLock) return;
  if (lock && !lock.released) return;
  lock = await navigator.wakeLock.request("screen").catch(() => null);
  if (!isWanted) lock?.release();
}

// A countdown that reads the clock, so that a locked phone or a busy page does not stretch it.

const LOOK = 200;

/**
 * @param {number} seconds
 * @param {{tick(left: number): void, done(): void}} tells `tick` about five times a second
 */
export function countdown(seconds, { tick, done }) {
  const endsAt = Date.now() + seconds * 1000;
  const handle = setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);
  tick(seconds);

  function look() {
    const left = (endsAt - Date.now()) / 1000;
    if (left > 0) return tick(left);
    stop();
    done();
  }

  /** @returns {number} the seconds that were left */
  function stop() {
    clearInterval(handle);
    document.removeEventListener("visibilitychange", look);
    return Math.max(0, (endsAt - Date.now()) / 1000);
  }

  return { endsAt, stop };
}

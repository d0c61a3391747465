// Soft tones and short buzzes beside the words on the page. Nothing is told by sound alone.

const KEPT = "rehab.sound";

/** Pairs of pitch in Hz and when it begins in seconds. */
const TONES = {
  ready: [[392, 0]],
  count: [[330, 0]],
  hold: [[440, 0], [587, 0.14]],
  go: [[440, 0], [587, 0.14]],
  pace: [[330, 0]],
  half: [[523, 0], [523, 0.16]],
  rest: [[587, 0], [440, 0.14]],
  change: [[523, 0], [392, 0.14], [523, 0.28]],
  over: [[440, 0], [587, 0.14], [698, 0.28]],
};
const BUZZES = { hold: [80], go: [80], rest: [40, 60, 40], change: [40, 60, 40, 60, 40], over: [160] };
const VOLUME = 0.12;
const LENGTH = 0.28;

/** @type {AudioContext | undefined} */
let audio;

export function isOn() {
  return localStorage.getItem(KEPT) !== "off";
}

export function turn(on) {
  localStorage.setItem(KEPT, on ? "on" : "off");
}

/** Phones let a page sound only after a touch: call this in one. */
export function wake() {
  audio ??= window.AudioContext && new AudioContext();
  audio?.resume().catch(() => {});
}

/** @param {keyof typeof TONES} name */
export function sound(name) {
  if (BUZZES[name] && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[name]);
  if (!isOn() || audio?.state !== "running") return;
  for (const [pitch, after] of TONES[name] ?? []) tone(pitch, audio.currentTime + after);
}

function tone(pitch, at) {
  const voice = new OscillatorNode(audio, { type: "sine", frequency: pitch });
  const loudness = new GainNode(audio, { gain: 0 });
  loudness.gain.linearRampToValueAtTime(VOLUME, at + 0.03);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
  voice.connect(loudness).connect(audio.destination);
  voice.start(at);
  voice.stop(at + LENGTH);
}

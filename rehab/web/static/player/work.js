// How much of one exercise there is, and how much of it is done. No page, no clock: only counting.

/**
 * @typedef {object} Block what is done in one go: a set, on one side where sides are counted
 * @property {number} set counted from 1
 * @property {"" | "left" | "right"} side
 * @property {number} reps how many are left to do and done, together
 * @property {number} hold seconds of each, 0 without a hold
 * @property {number} done
 *
 * @typedef {object} Work
 * @property {"reps" | "hold" | "minutes"} kind
 * @property {number} sets
 * @property {Block[]} blocks
 * @property {number} planned what all of it amounts to, before it was made easier
 * @property {number} [left] seconds that are left of a block of minutes that was begun
 * @property {number} [endsAt] when it ends by the phone's clock, while it runs
 * @property {"done" | "sore" | "stopped" | "left"} [over] how it ended
 * @property {string} [because] the rule that stopped it
 */

/** The shortest hold, in seconds, that an easier day makes of one. */
const SHORTEST_HOLD = 5;

/** @param {DOMStringMap} dosage of the exercise's section @returns {Work} */
export function workOf(dosage) {
  const [sets, reps, hold, minutes] = ["sets", "reps", "hold", "minutes"].map((n) => Number(dosage[n]));
  const sides = "eachSide" in dosage ? ["left", "right"] : [""];
  const amount = minutes ? { reps: 1, hold: minutes * 60 } : { reps, hold };
  const blocks = Array.from({ length: sets }, (_, n) => n + 1).flatMap((set) =>
    sides.map((side) => ({ set, side, ...amount, done: 0 })),
  );
  const kind = minutes ? "minutes" : hold ? "hold" : "reps";
  return { kind, sets, blocks, planned: blocks.reduce((sum, b) => sum + size(b, b.reps), 0) };
}

/** The block that is next; undefined when all are done. @param {Work} work */
export function current(work) {
  return work.blocks.find((block) => block.done < block.reps);
}

/** @param {Work} work */
export function isBegun(work) {
  return work.left !== undefined || work.blocks.some((block) => block.done > 0);
}

/** The part of what was planned that is done, 0-1. @param {Work} work */
export function share(work) {
  const done = work.blocks.reduce((sum, block) => sum + size(block, block.done), 0);
  const begun = current(work);
  const partly = begun && work.left !== undefined ? begun.hold - work.left : 0;
  return Math.min(1, (done + partly) / work.planned);
}

/** One repetition more, or all that the block holds. @param {Work} work @param {number} [reps] */
export function count(work, reps = 1) {
  const block = current(work);
  block.done = Math.min(block.reps, block.done + reps);
  delete work.left;
  delete work.endsAt;
}

/** All of it was done, without being counted. @param {Work} work */
export function complete(work) {
  while (current(work)) count(work, current(work).reps);
}

/** None of it was done after all. @param {Work} work */
export function clear(work) {
  for (const block of work.blocks) block.done = 0;
  delete work.left;
}

/** It was left, and is gone on with after all. @param {Work} work */
export function reopen(work) {
  delete work.over;
  delete work.because;
}

/** Whether it was made less than was planned. @param {Work} work */
export function isEased(work) {
  return work.blocks.reduce((sum, block) => sum + size(block, block.reps), 0) < work.planned;
}

/** Halve what is left of it, rounded up. @param {Work} work */
export function ease(work) {
  const begun = current(work);
  for (const block of work.blocks) {
    const left = block.reps - block.done;
    if (left > 1) block.reps = block.done + Math.ceil(left / 2);
    else if (left === 1 && work.left !== undefined && block === begun) halveRest(work, block);
    else if (left === 1 && block.hold) block.hold = halved(block.hold);
  }
}

function halveRest(work, block) {
  const spent = block.hold - work.left;
  work.left = Math.ceil(work.left / 2);
  block.hold = spent + work.left;
}

function halved(hold) {
  return Math.max(Math.min(hold, SHORTEST_HOLD), Math.ceil(hold / 2));
}

function size(block, reps) {
  return reps * (block.hold || 1);
}

// One session on this phone: what was answered, what was done, and where it was left. It is kept
// on every change and told to the server once, at its end.

import { draft, dropDraft, keepDraft } from "../offline/drafts.js";
import { send } from "../offline/outbox.js";
import { pairsOf, putBack } from "./fields.js";
import { current, share, workOf } from "./work.js";

/** How an exercise ends that was too sore or was stopped. */
const TOO_MUCH = new Set(["sore", "stopped"]);

export class Session {
  /** @param {HTMLElement} root the page's element that holds everything */
  constructor(root) {
    this.root = root;
    this.plan = root.dataset.plan;
    this.day = root.dataset.day;
    this.id = newId();
    this.startedAt = new Date().toISOString();
    this.step = "before";
    /** @type {Record<string, import("./work.js").Work>} */
    this.works = {};
    this.keptAt = 0;
    /** Whether anything was answered yet; nothing is kept of a page that was only looked at. */
    this.isBegun = false;
    /** Whether the phone has kept it; some phones keep nothing. */
    this.isKept = false;
    /** Whether it was told. */
    this.isOver = false;
  }

  begin() {
    if (!this.isBegun) this.startedAt = new Date().toISOString();
    this.isBegun = true;
  }

  /** The report's form; it stands in the page once the session has begun. */
  get form() {
    return this.root.querySelector("form[data-report]");
  }

  get exercises() {
    return [...this.root.querySelectorAll("[data-exercise]")];
  }

  /** Take up what was left on this phone. @returns {Promise<boolean>} whether there was anything */
  async takeUp() {
    const kept = await draft(this.plan, this.day);
    if (!kept) return false;
    const { id, startedAt, step, works = {}, keptAt = 0 } = kept;
    Object.assign(this, { id, startedAt, step, works, keptAt, isKept: true, isBegun: true });
    const pairs = kept.fields ?? [];
    putBack(this.root, pairs);
    this.choose();
    putBack(this.root, pairs);
    return true;
  }

  /** Bring in the exercises that pain before leaves of today. */
  choose() {
    const before = this.root.querySelector("[name=before]:checked")?.value;
    const templates = [...this.root.querySelectorAll("template[data-befores]")];
    const chosen = templates.find(({ dataset }) => dataset.befores.split(" ").includes(before));
    if (!chosen || chosen === this.chosen) return;
    this.chosen = chosen;
    for (const old of this.form.querySelectorAll("[data-step=eased], [data-exercise]")) old.remove();
    this.form.querySelector("[data-step]").before(chosen.content.cloneNode(true));
    for (const section of this.exercises) section.querySelector("[data-by-hand]").hidden = true;
    for (const figure of this.form.querySelectorAll("img")) figure.loading = "eager";
  }

  /** What there is to do of an exercise; begun anew when it asks for another amount than before. */
  workOf(section) {
    const fresh = workOf(section.dataset);
    const known = this.works[section.dataset.exercise];
    const fits = known?.planned === fresh.planned && known.blocks.length === fresh.blocks.length;
    return (this.works[section.dataset.exercise] = fits ? known : fresh);
  }

  /** Whether something was left out for another reason than that it was too sore. */
  get isIncomplete() {
    return this.exercises.map((each) => this.workOf(each)).some(
      (work) => current(work) && !TOO_MUCH.has(work.over),
    );
  }

  /** Keep everything as it stands. */
  async keep() {
    if (!this.isBegun || this.isOver) return;
    this.keptAt = Date.now();
    const { id, startedAt, step, works, keptAt } = this;
    const fields = pairsOf(this.root);
    const kept = await keepDraft(this.plan, this.day, { id, startedAt, step, fields, works, keptAt });
    Object.assign(this, { id: kept.id, startedAt: kept.startedAt });
    this.isKept ||= (await draft(this.plan, this.day)) !== null;
  }

  /** Whether another tab has "sent" it, or has gone on "further" with it. */
  async elsewhere() {
    if (!this.isKept) return null;
    const kept = await draft(this.plan, this.day);
    if (!kept) return "sent";
    return kept.keptAt > this.keptAt ? "further" : null;
  }

  drop() {
    return dropDraft(this.plan, this.day);
  }

  /** Tell it. @returns as `send` does */
  async tell() {
    this.startedAt = notToCome(this.startedAt);
    for (const section of this.exercises) mark(section, this.workOf(section));
    const body = new URLSearchParams(new FormData(this.form));
    body.set("id", this.id);
    body.set("started_at", this.startedAt);
    body.set("before", this.root.querySelector("[name=before]:checked")?.value ?? "");
    body.set("completion", this.completion);
    if (!this.isIncomplete) body.delete("not_completed_because");
    const { id, plan } = this;
    return send({ id, plan, url: this.form.action, body: body.toString() });
  }

  /** Per cent of what was planned, each exercise counting the same. */
  get completion() {
    const shares = this.exercises.map((each) => share(this.workOf(each)));
    return Math.round((100 * shares.reduce((sum, each) => sum + each, 0)) / shares.length);
  }
}

/** A clock that ran ahead when it began and was put right since does not let it begin later. */
function notToCome(startedAt) {
  return new Date(Math.min(Date.parse(startedAt), Date.now())).toISOString();
}

/** Tick in the form what was done of an exercise. */
function mark(section, work) {
  const wasTooMuch = TOO_MUCH.has(work.over);
  section.querySelector("[name=done]").checked = !wasTooMuch && share(work) > 0;
  section.querySelector("[name=sore]").checked = work.over === "sore";
  section.querySelector("select").value = work.because ?? "";
}

/** A UUID (version 4), also where the page is not served over https. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

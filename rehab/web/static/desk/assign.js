// The page of an intake, quicker: programs are filtered as one chooses, a program brings its days,
// the track is proposed while one types, and the words of consent follow the language.

const form = document.querySelector("[data-assign]");
const CHRONIC_FROM_WEEKS = 12;
const WEEKS = { days: 1 / 7, weeks: 1, months: 52 / 12, years: 52 };

function filtered() {
  const wanted = [...form.querySelectorAll("[data-filter]")].map((each) => [each.dataset.filter, each.value]);
  let shown = 0;
  const cards = form.querySelectorAll("[data-card]");
  for (const card of cards) {
    const suits = wanted.every(([what, value]) => !value || fits(card.dataset[what].split("|"), what, value));
    card.hidden = !suits && !card.querySelector("input:checked");
    shown += suits;
  }
  form.querySelector("[data-shown]").textContent = `${shown} of ${cards.length}`;
}

function fits(has, what, value) {
  if (what === "equipment") return !has.includes(value);
  return has.includes(value) || (what === "track" && has.includes("both"));
}

let touched = form?.querySelector("[data-weekdays] input:checked") != null;

function bringDays(of) {
  if (touched) return;
  const own = of.dataset.weekdaysOf.split(" ");
  for (const day of form.querySelectorAll("[data-weekdays] input")) day.checked = own.includes(day.value);
}

function propose() {
  const count = Number.parseFloat(form.elements.lasted.value.replace(",", "."));
  if (!(count >= 0)) return;
  const weeks = count * WEEKS[form.elements.lasted_unit.value];
  const track = weeks >= CHRONIC_FROM_WEEKS ? "chronic" : "acute";
  form.querySelector("[data-track-hint]").textContent = `Proposed: ${track}.`;
}

function speak(language) {
  for (const words of form.querySelectorAll("[data-consent]")) words.hidden = words.dataset.consent !== language;
}

if (form) {
  form.classList.add("has-script");
  form.addEventListener("input", ({ target }) => {
    if (target.dataset.filter) filtered();
    if (target.name === "program_id") bringDays(target);
    if (target.name === "weekdays") touched = true;
    if (target.name === "lasted" || target.name === "lasted_unit") propose();
    if (target.name === "language") speak(target.value);
  });
  const chosen = form.querySelector("[name=program_id]:checked");
  if (chosen) bringDays(chosen);
}

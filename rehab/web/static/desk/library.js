// The ladder of an exercise: only what its kind says is asked for, and each level's work is told.

const table = document.querySelector(".rungs");
const kind = document.getElementById("category");
const uses = JSON.parse(table.dataset.uses);
const steepest = { stretching: 2, strengthening: 1.8, "low-impact": 1.6 };
const SLACK = 1e-6;

const number = (row, field) => {
  const input = row.querySelector(`[data-field="${field}"] input`);
  const typed = input && !input.disabled ? input.value.trim().replace(",", ".") : "";
  return typed === "" ? null : Number(typed);
};

// As Dosage.load_index counts it.
function work(row) {
  const days = Number(row.querySelector('[name$="-days_per_week"]').value);
  const [sets, reps, hold, minutes] = ["sets", "reps", "hold_seconds", "minutes"].map((name) => number(row, name));
  const factor = number(row, "load_factor") ?? 1;
  if (kind.value === "stretching") return reps * hold * days;
  if (kind.value === "strengthening") return sets * reps * (hold ? hold / 3 : 1) * days * factor;
  return minutes * days * factor;
}

function told(load, before) {
  if (!load) return "";
  const shown = String(Math.round(load * 100) / 100);
  if (!before) return shown;
  const rise = load / before;
  const most = steepest[kind.value] ?? Infinity;
  const fault = rise <= 1 ? "does not rise" : rise > most + SLACK ? `above ${most}` : "";
  return `${shown}, ${Math.round(rise * 100) / 100} times${fault ? ` (${fault})` : ""}`;
}

function show() {
  for (const cell of table.querySelectorAll("[data-field]")) {
    const isUsed = uses[kind.value].includes(cell.dataset.field);
    cell.hidden = !isUsed;
    for (const input of cell.querySelectorAll("input")) input.disabled = !isUsed;
  }
  let before = 0;
  for (const row of table.querySelectorAll("[data-rung]")) {
    const load = work(row);
    const index = row.querySelector("[data-index]");
    index.hidden = false;
    index.textContent = told(load, before);
    before = Number.isNaN(load) ? 0 : load || before;
  }
  table.querySelector("[data-index-head]").hidden = false;
}

kind.addEventListener("change", show);
table.addEventListener("input", show);
show();

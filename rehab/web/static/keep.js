// What is shown once can be printed or copied; without this script it can still be written down.
const keep = document.querySelector(".keep");
const status = keep.querySelector("[role=status]");

keep.hidden = false;
keep.querySelector("[data-print]").addEventListener("click", () => window.print());

const copy = keep.querySelector("[data-copy]");
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  const lines = [...document.querySelectorAll(`#${copy.dataset.copy} li`)];
  await navigator.clipboard.writeText(lines.map((line) => line.textContent.trim()).join("\n"));
  status.textContent = copy.dataset.done;
});

// The list of step-ups: tick all or none at once, and see on the button how many there are.

const form = document.querySelector("[data-step-ups]");

if (form?.querySelector("input[name=decision]")) {
  const ticks = [...form.querySelectorAll("input[name=decision]")];
  const place = form.querySelector("[data-all]");
  const all = place.querySelector("input");
  const button = form.querySelector("button");
  const ticked = form.querySelector("[data-ticked]");

  const count = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    all.checked = chosen === ticks.length;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
    ticked.textContent = ` (${chosen})`;
    button.disabled = chosen === 0;
  };

  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  place.hidden = false;
  count();
}

// Ticking all that is only to know, and none of it again.

const button = document.querySelector("[data-tick-all]");
const boxes = () => [...document.querySelectorAll("input[form='several'][type='checkbox']")];
const all = () => boxes().every((box) => box.checked);

const name = () => {
  button.textContent = all() ? "Tick none" : "Tick all";
};

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const wanted = !all();
    for (const box of boxes()) {
      box.checked = wanted;
    }
    name();
  });
  document.addEventListener("change", name);
  name();
}

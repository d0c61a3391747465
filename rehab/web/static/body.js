/** The body picture: a tap chooses an area where it is, and the page does not run to its checkbox. */

document.addEventListener("click", (tap) => {
  const area = tap.target instanceof Element ? tap.target.closest(".body-area") : null;
  const box = area instanceof HTMLLabelElement ? document.getElementById(area.htmlFor) : null;
  if (!(box instanceof HTMLInputElement)) return;
  tap.preventDefault();
  box.checked = !box.checked;
  for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
});

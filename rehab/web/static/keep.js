// What is on a page can be printed, and what is shown once copied. Without this script neither button
// is there: it can still be written down.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
  });
}

// One form of a plan at a time: another that is opened closes those in which nothing was typed,
// and Escape closes the one that the focus is in.

const forms = [...document.querySelectorAll("details.change")];

function isTouched(details) {
  return [...details.querySelectorAll("input, select")].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field instanceof HTMLSelectElement) {
      return [...field.options].some((option) => option.selected && !option.defaultSelected);
    }
    return field.value !== field.defaultValue;
  });
}

for (const details of forms) {
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    for (const other of forms) {
      if (other !== details && !isTouched(other)) other.open = false;
    }
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}

// A form that came back with faults is where the reader goes on.
document.querySelector("details.change[open] [aria-invalid]")?.focus();

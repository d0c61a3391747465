/* One stop for the tab key in a drawing with many marks: the arrows go from one to the next in
   order of time, Home and End to the first and the last. Without this every mark is a stop. */

const drawing = document.querySelector(".timeline .decisions");
const marks = drawing ? [...drawing.querySelectorAll("a")] : [];

const STEPS = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  Home: () => 0,
  End: () => marks.length - 1,
};

function stopAt(mark) {
  for (const one of marks) {
    one.setAttribute("tabindex", one === mark ? "0" : "-1");
  }
}

function move(event) {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const mark = marks[step(marks.indexOf(event.target.closest("a")))];
  if (mark) {
    event.preventDefault();
    stopAt(mark);
    mark.focus();
  }
}

if (marks.length) {
  stopAt(marks[marks.length - 1]);
  drawing.addEventListener("keydown", move);
  drawing.addEventListener("focusin", (event) => stopAt(event.target.closest("a")));
}

// A text by hand: how long it is, in how many parts it leaves, and what a plain text cannot carry.

const ONE = 160;
const JOINED = 153;

const field = document.querySelector("[data-compose] textarea");
const told = document.querySelector("[data-length]");
const refused = document.querySelector("[data-outside]");

const read = (words) => {
  const extended = new Set(field.dataset.extended);
  const alphabet = new Set(field.dataset.alphabet);
  const outside = new Set();
  let septets = 0;
  for (const character of words) {
    if (extended.has(character)) {
      septets += 2;
    } else {
      septets += 1;
      if (!alphabet.has(character) && character !== "\n") {
        outside.add(character);
      }
    }
  }
  return { septets, outside: [...outside] };
};

const show = () => {
  const { septets, outside } = read(field.dataset.prefix + field.value.trim());
  const parts = septets <= ONE ? 1 : Math.ceil(septets / JOINED);
  const over = septets - Number(field.dataset.longest);
  told.hidden = field.value.trim() === "";
  told.textContent =
    over > 0
      ? `${over} characters too long.`
      : `${septets} characters, ${parts === 1 ? "one text" : `${parts} texts`}.`;
  refused.hidden = outside.length === 0;
  refused.textContent = `A plain text cannot carry ${outside.join(" ")}.`;
};

if (field) {
  field.addEventListener("input", show);
  show();
}

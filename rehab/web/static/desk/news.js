// What has just come into the inbox, on every page of the desk: asked for every few seconds while
// somebody can see the page, told once in a tab, and never in the way of what is being done.

const EVERY = 5_000;
const LONGEST = 60_000;
const MOST = 3;
const KNOWN = "news.known";
const SINCE = "news.since";

const place = document.querySelector("[data-news-place]");
const address = document.body.dataset.news;
const badge = document.querySelector("[data-count]");
const number = document.querySelector("[data-count-number]");
const title = document.title.replace(/^\(\d+\) /, "");

let tag = "";
let wait = EVERY;
let timer = 0;
let urgent = Number(/^\((\d+)\) /.exec(document.title)?.[1] ?? 0);
let over = false;

const kept = (key, otherwise) => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
};

const keep = (key, value) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without a store of its own the tab begins anew with each page.
  }
};

const element = (name, words, className) => {
  const made = document.createElement(name);
  made.textContent = words ?? "";
  made.className = className ?? "";
  return made;
};

const dismiss = (note, words) => {
  const button = element("button", "Dismiss", "button");
  button.type = "button";
  button.setAttribute("aria-label", `Dismiss: ${words}`);
  button.addEventListener("click", () => note.remove());
  return button;
};

const show = (head, words, link) => {
  const note = element("div", "", "news-note");
  const acts = element("div", "", "acts");
  if (link) {
    const to = element("a", link.text, "button button-strong");
    to.href = link.where;
    acts.append(to);
  }
  acts.append(dismiss(note, words));
  note.append(head, element("p", words, "long"), acts);
  place.append(note);
  while (place.children.length > MOST) {
    place.firstElementChild.remove();
  }
};

const head = (item) => {
  const made = element("p", "", "news-head");
  made.append(
    element("span", item.soon, `level level-${item.level}`),
    " ",
    element("strong", item.who, "long"),
    ` ${item.title}`,
  );
  return made;
};

const count = (waiting) => {
  if (badge) {
    badge.hidden = waiting.all === 0;
    badge.classList.toggle("count-urgent", waiting.urgent > 0);
    number.textContent = waiting.all;
  }
  document.title = waiting.urgent ? `(${waiting.urgent}) ${title}` : title;
};

const tell = (answer) => {
  count(answer.waiting);
  const first = kept(SINCE, null) === null;
  if (first) {
    keep(SINCE, answer.since);
  }
  const known = new Set(kept(KNOWN, []));
  const fresh = answer.items.filter((item) => !known.has(item.id));
  keep(KNOWN, [...known, ...fresh.map((item) => item.id)].slice(-200));
  if (!first) {
    fresh.slice(-MOST).forEach((item) => show(head(item), item.about, { text: "Open", where: item.where }));
    if (answer.waiting.urgent > urgent && !fresh.some((item) => item.level === 3)) {
      const words = "Something in the inbox has become urgent.";
      show(element("p", "Inbox", "news-head"), words, { text: "Open the inbox", where: badge.closest("a").href });
    }
  }
  urgent = answer.waiting.urgent;
};

const end = () => {
  over = true;
  const words = "Your sign-in has ended, so nothing new is shown here.";
  show(element("p", "Signed out", "news-head"), words, { text: "Sign in again", where: location.href });
};

const ask = async () => {
  const since = kept(SINCE, null);
  const where = since ? `${address}?since=${encodeURIComponent(since)}` : address;
  const answer = await fetch(where, {
    headers: { Accept: "application/json", ...(tag && { "If-None-Match": tag }) },
    redirect: "manual",
    cache: "no-store",
  });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    end();
  } else if (answer.ok) {
    tell(await answer.json());
    tag = answer.headers.get("ETag") ?? "";
  } else if (answer.status !== 304) {
    throw new Error(`news: ${answer.status}`);
  }
};

const look = async () => {
  timer = 0;
  try {
    await ask();
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, LONGEST);
  }
  plan(wait);
};

const plan = (after) => {
  clearTimeout(timer);
  timer = over || document.hidden ? 0 : setTimeout(look, after);
};

if (place && address) {
  document.addEventListener("visibilitychange", () => plan(500));
  plan(kept(SINCE, null) === null ? 0 : EVERY);
}

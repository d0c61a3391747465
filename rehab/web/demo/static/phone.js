// Brings new texts to the open phone without a reload. Without this module a reload does the same.

const EVERY = 2000;
const thread = document.getElementById("thread");

function bringIn(page) {
  for (const fresh of page.querySelectorAll("#thread > li")) {
    const known = document.getElementById(fresh.id);
    if (!known) thread.append(fresh);
    else if (known.innerHTML !== fresh.innerHTML) known.innerHTML = fresh.innerHTML;
  }
  for (const id of ["coming", "local-time"]) replaceText(id, page);
  replaceList(page);
}

function replaceText(id, page) {
  const here = document.getElementById(id);
  const there = page.getElementById(id);
  if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
}

// The links stay, so that the keyboard's focus does not get lost in the list.
function replaceList(page) {
  const there = page.querySelectorAll("#phones li > a");
  document.querySelectorAll("#phones li > a").forEach((link, n) => {
    const fresh = there[n];
    if (fresh && fresh.href === link.href && fresh.innerHTML !== link.innerHTML) {
      link.innerHTML = fresh.innerHTML;
    }
  });
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(thread.dataset.address, { cache: "no-store" });
      if (answer.ok) bringIn(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The server is away for a moment: the next look finds it again.
    }
  }
  setTimeout(look, EVERY);
}

if (thread) setTimeout(look, EVERY);

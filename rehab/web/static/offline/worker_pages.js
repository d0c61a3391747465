// What the worker keeps of the patient's pages; the server puts this behind worker.js.

function isPage(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  return answer.status === 200 && !answer.redirected && type.startsWith("text/html");
}

/** Keep a page as a copy that knows that it is one; with today's page, all that it leads to. */
async function keep(key, answer) {
  const html = await answer.clone().text();
  if (key === TODAY && (await isOfSomebodyElse(html))) await forgetPages();
  const pages = await caches.open(PAGES);
  await pages.put(key, marked(answer, html));
  if (key === TODAY) await tellPages();
  if (key === TODAY) await keepSessions(pages, html);
  if (key === TODAY) await keepLanguage(html);
  await keepShown(pages);
}

/** Pages that show a copy learn that there is a newer one, and a network. */
async function tellPages() {
  for (const client of await self.clients.matchAll()) client.postMessage("renewed");
}

function marked(answer, html) {
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response(html.replace("<html", "<html data-kept"), { headers });
}

async function isOfSomebodyElse(html) {
  const before = await caches.match(TODAY, { cacheName: PAGES });
  return before && plansOf(await before.text()) !== plansOf(html);
}

function plansOf(html) {
  return html.match(/data-plans="([^"]*)"/)?.[1];
}

async function forgetPages() {
  await Promise.all([caches.delete(PAGES), caches.delete(SHOWN)]);
}

/** The session of each plan, also where nobody has looked at it yet. */
async function keepSessions(pages, html) {
  if (navigator.connection?.saveData) return;
  const links = addressesIn(html).filter((url) => url.pathname + url.search === keyOf(url));
  const sessions = new Set(links.map(keyOf).filter((key) => key !== TODAY));
  if (!sessions.size) sessions.add(SESSION);
  for (const { url } of await pages.keys()) {
    const key = keyOf(new URL(url));
    if (key !== TODAY && !sessions.has(key)) await pages.delete(key);
  }
  await Promise.all([...sessions].map((key) => fetchAndKeep(pages, key)));
}

async function fetchAndKeep(pages, key) {
  const answer = await fetch(key, { redirect: "manual" }).catch(() => null);
  if (answer && isPage(answer)) await pages.put(key, marked(answer, await answer.clone().text()));
}

/** Today's page and all that belongs to it, from the network. */
async function renew() {
  const answer = await fetch(TODAY, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") await forgetPages();
  if (answer && isPage(answer)) await keep(TODAY, answer);
}

/** Figures and files that kept pages show, and no others. */
async function keepShown(pages) {
  const shown = new Set();
  for (const request of await pages.keys()) {
    const html = await (await pages.match(request)).text();
    for (const url of addressesIn(html)) if (FILE.test(url.pathname)) shown.add(url.href);
  }
  const cache = await caches.open(SHOWN);
  for (const { url } of await cache.keys()) if (!shown.has(url)) await cache.delete(url);
  if (navigator.connection?.saveData) return;
  const missing = [...shown].map(async (url) => {
    if (!(await caches.match(url))) await cache.add(url);
  });
  await Promise.allSettled(missing);
}

function addressesIn(html) {
  const found = html.matchAll(/\s(?:src|srcset|href)="([^"\s]+)/g);
  const addresses = Array.from(found, ([, text]) => text.replaceAll("&amp;", "&"));
  return addresses.map((text) => new URL(text, location)).filter(isOurs);
}

function isOurs({ origin }) {
  return origin === location.origin;
}

/** The pages about nobody, in the language of the patient. */
async function keepLanguage(html) {
  const cache = await caches.open(FILES);
  const language = languageOf(html);
  if (languageOf(await (await cache.match(NO_NETWORK)).text()) === language) return;
  for (const path of ABOUT_NOBODY) {
    const answer = await fetch(`${path}?lang=${language}`);
    if (isPage(answer)) await cache.put(path, answer);
  }
}

function languageOf(html) {
  return html.match(/<html[^>]*\slang="([^"]*)"/)?.[1];
}

// The app without a network. The server puts `APP` before this, {version, assets, files, patience},
// and worker_pages.js behind it.
// Pages come from the network and, where that is gone or slow, from the copy of the last time;
// files, whose addresses hold their version, from here.

const TODAY = "/me";
const SESSION = "/me/session";
const NO_NETWORK = "/me/offline";
const ABOUT_NOBODY = [NO_NETWORK, "/me/kept"];
const FILE = /^\/(assets|figures)\//;

const FILES = `rehab-files-${APP.version}`;
const SHOWN = "rehab-shown";
const PAGES = "rehab-pages";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(renew()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (isOfTheApp(url)) event.respondWith(page(event, url));
  } else if (FILE.test(url.pathname)) {
    event.respondWith(file(event.request, url));
  }
});

async function install() {
  const cache = await caches.open(FILES);
  await cache.addAll([...APP.files, ...ABOUT_NOBODY]);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("rehab-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** The worker's scope is a beginning of addresses, so that of a reminder may lie in it. */
function isOfTheApp({ pathname }) {
  return pathname === TODAY || pathname.startsWith(`${TODAY}/`);
}

/**
 * Somebody comes from a page of ours where people sign in, and may be another than before: no copy
 * is left for them. A reload says that it comes from there too, but that page is open no more.
 */
async function isNewlyCome({ referrer }, { pathname }) {
  const door = referrer && new URL(referrer);
  if (!door || door.origin !== location.origin || isOfTheApp(door)) return false;
  if (ABOUT_NOBODY.includes(pathname)) return false;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const isNew = open.some(({ url }) => new URL(url).pathname === door.pathname);
  if (isNew) await forgetPages();
  return isNew;
}

async function page(event, url) {
  const key = keyOf(url);
  const newly = isNewlyCome(event.request, url);
  const network = Promise.all([fromNetwork(event), newly]).then(([answer, isNew]) => {
    if (isToBeKept(url, answer)) event.waitUntil(keep(key, answer.clone()));
    if (isNew && key !== TODAY && isPage(answer)) event.waitUntil(renew());
    if (isSignedOut(url, answer)) event.waitUntil(forgetPages());
    return answer;
  });
  event.waitUntil(network.catch(() => {}));
  await newly;
  const copy = key && (await caches.match(key, { cacheName: PAGES, ignoreVary: true }));
  try {
    const answer = await (copy ? Promise.race([network, patience()]) : network);
    return copy && answer.status >= 500 ? copy : answer;
  } catch {
    return copy ?? (await aside(url));
  }
}

async function fromNetwork(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

function patience() {
  return new Promise((_, reject) => setTimeout(reject, APP.patience));
}

/** The name that a page is kept by; null for pages that never are. */
function keyOf({ pathname, searchParams }) {
  if (pathname === TODAY) return TODAY;
  const others = [...searchParams.keys()].filter((name) => name !== "plan" && name !== "before");
  if (pathname !== SESSION || others.length) return null;
  const plan = searchParams.get("plan");
  return plan ? `${SESSION}?plan=${encodeURIComponent(plan)}` : SESSION;
}

/** Only the page itself, not one that tells what was done just now. */
function isToBeKept(url, answer) {
  return url.pathname + url.search === keyOf(url) && isPage(answer);
}

function isSignedOut(url, answer) {
  return url.pathname === TODAY && answer.type === "opaqueredirect";
}

/** What is shown where a page is not at hand. */
async function aside({ pathname }) {
  const path = ABOUT_NOBODY.includes(pathname) ? pathname : NO_NETWORK;
  return (await caches.match(path, { ignoreVary: true })) ?? Response.error();
}

/** A file; without a network that of this version, where a kept page asks for an older one. */
async function file(request, url) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  return fetch(request).catch(async () => {
    const today = url.pathname.replace(/^\/assets\/[^/]+\//, APP.assets);
    return (await caches.match(today, { ignoreVary: true })) ?? Response.error();
  });
}

// The service worker: without a connection there is still a page to write on, and what was saved on it is not lost.
// It keeps the offline pages and what they are made of (SHELL, from the site), and nothing else: no page of a person,
// no answer of the API is ever put into the cache.
"use strict";

const CACHE = `shell-${SHELL.version}`;
const [WRITE_PAGE, ELSEWHERE_PAGE] = SHELL.pages;
const WRITE_PATHS = ["/", "/entries/new/"];
const SAVE_PATH = "/entries/";
// What a proxy says for a site that is down; what the site itself says has a header of its own.
const isDown = (response) => [502, 503, 504].includes(response.status) && !response.headers.has("X-Site-Answer");

self.addEventListener("install", (event) => {
  const pages = SHELL.pages.map((page) => new Request(page, { cache: "no-store" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...pages, ...SHELL.files])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()));
});

async function dropOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "POST" && pathname === SAVE_PATH) {
    event.respondWith(saveEntry(request));
  } else if (request.mode === "navigate") {
    event.respondWith(openPage(request, pathname));
  } else if (request.method === "GET" && SHELL.files.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(pathname)));
  }
});

// Network first: the cache only ever stands in.
async function openPage(request, pathname) {
  try {
    const response = await fetch(request);
    if (!isDown(response)) return response;
  } catch {
    // no connection
  }
  const isWriting = request.method === "GET" && WRITE_PATHS.includes(pathname);
  return caches.match(isWriting ? WRITE_PAGE : ELSEWHERE_PAGE);
}

// The form of a new entry that does not arrive goes into the outbox, and its writer back to the write page.
async function saveEntry(request) {
  const copy = request.clone();
  try {
    const response = await fetch(request);
    if (!isDown(response)) return response;
  } catch {
    // no connection
  }
  try {
    const form = await copy.formData();
    if (!form.get("account")) throw new Error("nobody's entry");
    await outbox.add({
      id: form.get("entry_id") || outbox.makeId(),
      account: form.get("account"),
      text: form.get("text"),
      written_on: form.get("written_on"),
      tags: form.get("tags") ?? "",
    });
    await self.registration.sync?.register("outbox").catch(() => {}); // pages send it as well
    return Response.redirect("/entries/new/", 303);
  } catch {
    return caches.match(ELSEWHERE_PAGE); // no room for it: the draft is still there
  }
}

// Background Sync, where the browser has it: a failure here makes it try again later.
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(outbox.sendAll());
});

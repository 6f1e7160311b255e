// The outbox: entries that were saved without a connection and wait in this browser (IndexedDB) until the site has them.
// Pages and the service worker share it. An entry belongs to one account and leaves only under its login. It is sent
// under an id made here, so that the site saves it once however often it is sent.
"use strict";

const outbox = (() => {
  const ACCOUNT_URL = "/offline/account/";
  const ENTRIES_URL = "/api/v1/entries/";
  const PATIENCE = 30_000; // milliseconds for an answer

  function open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("outbox", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  // crypto.randomUUID is missing on plain HTTP, as in a home network.
  function makeId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4 (RFC 9562)
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // One transaction: `work` gets the store, and a function that takes the result.
  async function run(mode, work) {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction("entries", mode);
        let result;
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore("entries"), (value) => { result = value; });
      });
    } finally {
      database.close();
    }
  }

  // One sender at a time, among all tabs and the worker; what is being sent is not taken back meanwhile.
  function alone(work) {
    return navigator.locks ? navigator.locks.request("outbox", work) : work();
  }

  // The entries of one account, oldest first: { id, account, text, written_on, tags, queued_at, problem }.
  async function list(account) {
    const entries = await run("readonly", (store, give) => {
      store.getAll().onsuccess = (event) => give(event.target.result);
    });
    return entries.filter((entry) => entry.account === account).sort((a, b) => a.queued_at - b.queued_at);
  }

  function get(id) {
    return run("readonly", (store, give) => {
      store.get(id).onsuccess = (event) => give(event.target.result);
    });
  }

  // Keeps an entry; returns its id, which is a new one where another text waits under it already.
  async function add(entry) {
    const id = await run("readwrite", (store, give) => {
      store.get(entry.id).onsuccess = (event) => {
        const there = event.target.result;
        const isOther = there && (there.account !== entry.account || there.text !== entry.text);
        const kept = { ...entry, id: isOther ? makeId() : entry.id, queued_at: Date.now(), problem: "" };
        store.put(kept);
        give(kept.id);
      };
    });
    tell({ account: entry.account, sent: [] });
    return id;
  }

  const put = (entry) => run("readwrite", (store) => store.put(entry));
  // Of an account that is gone: nobody could ever send them.
  async function forget(account) {
    for (const { id } of await list(account)) await remove(id);
  }

  const remove = (id) => alone(() => run("readwrite", (store) => store.delete(id)));

  // Who is logged in, and the token for a POST. Throws when the site can't be reached.
  async function askAccount() {
    const response = await fetch(ACCOUNT_URL, { cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE) });
    if (!response.ok) throw new Error(`${ACCOUNT_URL}: ${response.status}`);
    return response.json();
  }

  // As diary.tags.split_tags: "#가족 산책, #비" → ["가족", "산책", "비"].
  const splitTags = (text) => text.replace(/[#,]/g, " ").split(/\s+/).filter(Boolean);

  async function post(entry, csrf) {
    const { id, text, written_on, tags } = entry;
    return fetch(ENTRIES_URL, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ id, text, written_on, tags: splitTags(tags) }),
      signal: AbortSignal.timeout?.(PATIENCE),
    });
  }

  // Whether the answer may be another one later: the site is down or in a hurry, or the login is over.
  const isForLater = (status) => status >= 500 || [401, 403, 408, 429].includes(status);

  // Sends what waits for whoever is logged in; returns the ids of what the site now has. What it refuses stays with the
  // reason. Throws when the site can't be reached while something waits.
  function sendAll() {
    return alone(async () => {
      const isWaiting = await run("readonly", (store, give) => {
        store.getAll().onsuccess = (event) => give(event.target.result.some((entry) => !entry.problem));
      });
      if (!isWaiting) return [];
      const { account, csrf } = await askAccount();
      const sent = [];
      if (account === null) return sent;
      try {
        for (const entry of await list(account)) {
          if (entry.problem) continue;
          const response = await post(entry, csrf);
          if (response.ok) {
            await run("readwrite", (store) => store.delete(entry.id));
            sent.push(entry.id);
          } else if (isForLater(response.status)) {
            throw new Error(`${ENTRIES_URL}: ${response.status}`);
          } else {
            const problem = await response.json().catch(() => ({}));
            const is_taken = [409, 410].includes(response.status); // 410: it was here, and was deleted elsewhere
            await put({ ...entry, problem: problem.detail || String(response.status), is_taken });
          }
        }
      } finally {
        tell({ account, sent });
      }
      return sent;
    });
  }

  // Lets the other tabs show what has changed: ids only, no word of an entry.
  function tell(change) {
    const channel = new BroadcastChannel("outbox");
    channel.postMessage(change);
    channel.close();
  }

  return { makeId, splitTags, list, get, add, remove, forget, sendAll };
})();

// Drafts: what is being written stays in this browser (localStorage) until the site has saved it. A reload, a crash and
// a log-out don't lose it. A draft lies under a key of its account, which the page names, so that nobody who logs in
// after somebody else is shown a word of theirs. It is not encrypted: who can read this disk, or open the developer
// tools of this browser, can read it, as they could read the page while it was written.
"use strict";

const drafts = (() => {
  const DAYS_KEPT = 30;
  const DAY = 24 * 60 * 60 * 1000;
  const FIELDS = ["text", "written_on", "tags"];
  const isOffline = "offline" in document.body.dataset;

  function load(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  // Whether it could be kept: there may be no room, or no storage at all in a private window.
  function save(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  function remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept either.
    }
  }

  // Pages of the site name the account. A page that stands in without a connection can't: there, it is the one that the
  // last page of the site named, and nobody's once anybody has logged out.
  function whose() {
    if (isOffline) return load("account");
    const { account } = document.body.dataset;
    if (account) save("account", account);
    else remove("account");
    return account || null;
  }

  // draft:ACCOUNT:ID:REVISION, with the id of its entry; the revision is 0 for an entry that is not there yet.
  const keyOf = (account, id, revision) => `draft:${account}:${id}:${revision}`;

  // All drafts, of every account, newest first; without those that are too old.
  function all() {
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
    } catch {
      // no storage
    }
    const found = [];
    for (const key of keys) {
      const draft = load(key);
      const [, account, id, revision] = key.split(":");
      if (draft?.saved_at > Date.now() - DAYS_KEPT * DAY) found.push({ ...draft, key, account, id, revision });
      else remove(key);
    }
    return found.sort((a, b) => b.saved_at - a.saved_at);
  }

  // CRC-32 (as zlib's) of what a form holds: diary.views.entries computes the same. SubtleCrypto is missing on plain HTTP.
  function digest({ written_on, tags, text }) {
    let crc = ~0;
    for (const byte of new TextEncoder().encode([written_on, tags, text.replace(/\r\n/g, "\n")].join("\n"))) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return (~crc >>> 0).toString(16).padStart(8, "0");
  }

  // The site says by a cookie which entry it has just saved or deleted, and what it said: only then a draft goes. One
  // that says something else was typed in another tab, and is nowhere but here.
  function dropSettled() {
    const [, id, said] = cookies.read("settled_draft")?.match(/^([0-9a-f-]{36})\.([0-9a-f]{8})$/) ?? [];
    if (!id) return;
    cookies.forget("settled_draft");
    all().filter((draft) => draft.id === id && digest(draft) === said).forEach((draft) => remove(draft.key));
  }

  // So does the end of an account, which takes along what this browser kept of it.
  function forgetEnded() {
    const ended = cookies.read("ended_account")?.match(/^[0-9a-f]{32}$/)?.[0];
    if (!ended) return;
    cookies.forget("ended_account");
    all().filter((draft) => draft.account === ended).forEach((draft) => remove(draft.key));
    outbox.forget(ended).catch(() => {}); // no IndexedDB: nothing was kept there
  }

  const isSame = (one, other) => FIELDS.every((name) => one[name].replace(/\r\n/g, "\n") === other[name].replace(/\r\n/g, "\n"));

  const account = whose();
  dropSettled();
  forgetEnded();

  return {
    account,
    isOffline,
    FIELDS,
    isSame,
    load,
    save,
    remove,
    all: () => all().filter((draft) => draft.account === account),
    keyOf: (id, revision) => keyOf(account, id, revision),
    // Makes a draft of an entry that was waiting in the outbox.
    keep: (id, values) => save(keyOf(account, id, 0), { ...values, saved_at: Date.now() }),
  };
})();

// Log-out: from now on the offline page is nobody's, even if no other page of the site follows.
document.addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/accounts/logout/")) drafts.remove("account");
});

document.querySelectorAll("[data-edit-draft]").forEach((note) => {
  note.hidden = !drafts.all().some((draft) => draft.id === note.dataset.editDraft && draft.revision !== "0");
});

// Starts the service worker, shows what waits in the outbox, and sends it as soon as the site can be reached.
"use strict";

(() => {
  const RETRY = 30_000; // milliseconds; a server that comes back tells nobody
  const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\u115f\u1160\u3164\uffa0\u2800]/u; // as diary.text.has_visible
  const panel = document.querySelector("[data-outbox]");
  const sentNote = document.querySelector("[data-outbox-sent]");

  if ("serviceWorker" in navigator) {
    window.addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));
  }
  if (drafts.isOffline) prepareOfflinePage();
  if (!drafts.account) return;

  function prepareOfflinePage() {
    const theme = cookies.read("theme");
    if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
    document.querySelectorAll("[data-somebody]").forEach((part) => { part.hidden = !drafts.account; });
    document.querySelectorAll("[data-nobody]").forEach((part) => { part.hidden = Boolean(drafts.account); });
    const form = document.querySelector("[data-draft]");
    if (!form || !drafts.account) return;
    form.noValidate = false; // nobody else says what the site would refuse
    const { text, tags } = form.elements;
    const { dataset } = form.closest("[data-refusals]");
    const check = () => {
      text.setCustomValidity(refuseText(text.value, dataset, Number(text.dataset.maxLength)));
      tags.setCustomValidity(refuseTags(tags.value, dataset));
    };
    form.addEventListener("input", check);
    check();
    form.addEventListener("submit", saveOffline);
  }

  // Why the site would refuse the text, empty for one that it takes: diary.text.clean_entry_text.
  function refuseText(text, words, limit) {
    if (!VISIBLE.test(text)) return words.blank;
    if (text.length <= limit) return ""; // in UTF-16, it is never shorter
    const { length } = [...text.normalize().replace(/^\n+/, "").trimEnd()];
    return length > limit ? words.textTooLong.replace("{length}", length.toLocaleString()) : "";
  }

  // The same of the tags: diary.tags.clean_tags.
  function refuseTags(line, words) {
    const tags = outbox.splitTags(line).map((tag) => tag.replace(/\p{Cc}/gu, "").normalize());
    const limit = Number(words.maxTagLength);
    const long = tags.map((tag) => [...tag]).find((tag) => tag.length > limit);
    if (long) return words.tagTooLong.replace("{tag}", () => `${long.slice(0, limit).join("")}…`);
    const names = new Set(tags.filter((tag) => VISIBLE.test(tag)).map((tag) => tag.toLowerCase()));
    return names.size > Number(words.maxTags) ? words.tooManyTags : "";
  }

  // The page has no token for a POST of its own: the entry takes the way through the outbox, also when the connection
  // is back already.
  async function saveOffline(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const fields = event.target.elements;
    const values = Object.fromEntries(drafts.FIELDS.map((name) => [name, fields[name].value]));
    try {
      const id = await outbox.add({ id: fields.entry_id.value, account: drafts.account, ...values });
      await outbox.sendAll().catch(() => {});
      // Another sender may have been first: the connection came back, another tab, the worker.
      const isWaiting = await outbox.get(id);
      location.assign(isWaiting ? "/entries/new/" : `/entries/${id}/`);
    } catch {
      location.reload(); // no room in the outbox: the draft is still there
    }
  }

  async function show() {
    if (!panel) return [];
    const entries = await outbox.list(drafts.account);
    const title = panel.querySelector("[data-outbox-title]");
    title.textContent = title.dataset.words.replace("{n}", entries.length);
    panel.querySelector("[data-outbox-list]").replaceChildren(...entries.map(makeItem));
    const isStuck = entries.every((entry) => entry.problem);
    panel.querySelector("[data-outbox-waiting]").hidden = isStuck;
    panel.querySelector("[data-outbox-stuck]").hidden = !isStuck;
    panel.hidden = entries.length === 0;
    return entries;
  }

  function makeItem(entry) {
    const item = panel.querySelector("[data-outbox-item]").content.firstElementChild.cloneNode(true);
    const day = item.querySelector("[data-outbox-day]");
    day.dateTime = entry.written_on;
    day.textContent = entry.written_on && new Date(`${entry.written_on}T00:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    item.querySelector("[data-outbox-text]").textContent = entry.text;
    const problem = item.querySelector("[data-outbox-problem]");
    // What the site says of ids is for programmers, a bare status for nobody.
    problem.textContent = entry.is_taken ? problem.dataset.taken : /^\d*$/.test(entry.problem) ? problem.dataset.unknown : entry.problem;
    problem.hidden = !entry.problem;
    item.querySelector('[data-outbox-do="rewrite"]').addEventListener("click", () => rewrite(entry.id));
    item.querySelector('[data-outbox-do="remove"]').addEventListener("click", (event) => removeEntry(event.currentTarget, entry.id));
    return item;
  }

  // Back into the form. What the site has under this id says something else: then it becomes an entry of its own.
  async function rewrite(id) {
    const entry = await outbox.get(id);
    if (!entry) return refresh();
    const draftId = entry.is_taken ? outbox.makeId() : id;
    if (!drafts.keep(draftId, { text: entry.text, written_on: entry.written_on, tags: entry.tags })) return undefined;
    await outbox.remove(id);
    return location.assign(`/entries/new/?draft=${draftId}`);
  }

  async function removeEntry(button, id) {
    if (!window.confirm(button.dataset.sure)) return;
    await outbox.remove(id);
    refresh();
  }

  function tellSent(ids) {
    if (!sentNote || ids.length === 0) return;
    const link = document.createElement("a");
    link.href = ids.length === 1 ? `/entries/${ids[0]}/` : "/entries/";
    link.textContent = sentNote.dataset.link;
    sentNote.replaceChildren(sentNote.dataset.words.replace("{n}", ids.length), " ", link);
  }

  async function refresh() {
    tellSent(await outbox.sendAll().catch(() => []));
    await show();
  }

  new BroadcastChannel("outbox").addEventListener("message", (event) => {
    if (event.data.account !== drafts.account) return;
    tellSent(event.data.sent);
    show();
  });
  window.addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  setInterval(() => { if (!document.hidden && panel && !panel.hidden) refresh(); }, RETRY);
  show().catch(() => {}).then(refresh).catch(() => {}); // no IndexedDB, no outbox
})();

// The form of an entry keeps its draft while it is written, and brings it back.
"use strict";

(() => {
  const WAIT = 300; // milliseconds of rest before what was typed is kept
  const form = document.querySelector("[data-draft]");
  if (!form || !drafts.account) return;

  const fields = form.elements;
  const entryId = form.dataset.draft; // empty for a new entry
  const status = form.querySelector("[data-draft-status]");
  const read = () => Object.fromEntries(drafts.FIELDS.map((name) => [name, fields[name].value]));
  const key = () => drafts.keyOf(entryId || fields.entry_id.value, entryId ? fields.revision.value : 0);

  if (drafts.isOffline) prepareOfflineForm();
  const start = { ...read(), revision: fields.revision?.value };
  // What the site has refused or found in conflict stands in the form again: it is newer than any draft.
  const wasSent = "draftSent" in form.dataset;
  let isTouched = wasSent;
  let isDirty = wasSent; // something stands here that this page has not kept yet
  let isSending = false;
  let timer = 0;
  let shown = null; // the draft that the note speaks of

  // A page from the cache knows neither the day nor an id.
  function prepareOfflineForm() {
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    fields.written_on.value = fields.written_on.max = today;
    fields.entry_id.value = outbox.makeId();
  }

  function isChanged() {
    const now = read();
    return wasSent || (entryId ? !drafts.isSame(now, start) : Boolean(now.text.trim() || now.tags.trim()));
  }

  function isKept() {
    const kept = drafts.load(key());
    return kept !== null && drafts.isSame(kept, read());
  }

  function keep() {
    clearTimeout(timer);
    if (!isDirty) return; // another tab may be writing the same draft
    isDirty = false;
    if (isChanged()) drafts.save(key(), { ...read(), saved_at: Date.now() });
    else drafts.remove(key());
    status.hidden = !isChanged();
    status.textContent = isKept() ? status.dataset.kept : status.dataset.failed;
  }

  function fill(values) {
    for (const name of drafts.FIELDS) fields[name].value = values[name];
    for (const name of ["text", "tags"]) fields[name].dispatchEvent(new Event("input", { bubbles: true }));
    const end = fields.text.value.length;
    fields.text.setSelectionRange(end, end);
  }

  function tell(state) {
    form.querySelectorAll("[data-draft-state]").forEach((part) => { part.hidden = part.dataset.draftState !== state; });
  }

  function restore() {
    // Under its own revision, so that the site notices an entry that was changed meanwhile and shows both texts.
    if (entryId) fields.revision.value = shown.revision;
    else fields.entry_id.value = shown.id;
    fill(shown);
    keep(); // under the time of now: it is being written again
    tell("restored");
  }

  function discard() {
    const isOffered = !form.querySelector('[data-draft-state="offered"]').hidden;
    drafts.remove(shown.key);
    if (!isOffered) {
      if (entryId) fields.revision.value = start.revision;
      else fields.entry_id.value = outbox.makeId();
      fill(start);
    }
    keep();
    tell("discarded");
    fields.text.focus();
  }

  function bringBackEdit() {
    const own = drafts.all().filter((draft) => draft.id === entryId);
    if (wasSent) own.filter((draft) => draft.key !== key()).forEach((draft) => drafts.remove(draft.key));
    if (wasSent || own.length === 0) return;
    const exact = own.find((draft) => draft.revision === start.revision);
    shown = exact ?? own[0];
    if (exact) restore();
    else tell("offered");
  }

  async function bringBackNew() {
    if (wasSent) return;
    const waiting = await outbox.list(drafts.account).catch(() => []);
    const inOutbox = (draft) => waiting.some((entry) => entry.id === draft.id && drafts.isSame(entry, draft));
    const own = drafts.all().filter((draft) => draft.revision === "0");
    own.filter(inOutbox).forEach((draft) => drafts.remove(draft.key));
    const wanted = new URLSearchParams(location.search);
    const left = own.filter((draft) => !inOutbox(draft));
    shown = left.find((draft) => draft.id === wanted.get("draft")) ?? left[0];
    if (!shown || isTouched) return;
    // Who came to write about another day is asked first.
    if (wanted.has("date") && shown.written_on !== start.written_on) tell("offered");
    else restore();
  }

  form.addEventListener("input", () => {
    isTouched = isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  form.addEventListener("click", (event) => {
    const action = event.target.closest("[data-draft-do]")?.dataset.draftDo;
    if (action === "restore") restore();
    if (action === "discard") discard();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // a second press
    keep();
    isSending = true;
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", () => { isSending = false; });
  // Whoever leaves is held back only where the text would really be gone.
  window.addEventListener("beforeunload", (event) => {
    if (!isTouched || isSending || !isChanged()) return;
    isDirty = !isKept(); // another tab may have put its own words over it
    keep();
    if (!isKept()) event.preventDefault();
  });

  keep();
  if (entryId) bringBackEdit();
  else bringBackNew();
})();

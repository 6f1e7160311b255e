// Says how far an export or an upload is; both work without it. Words come from data attributes.
"use strict";

const MEGABYTE = 1e6;

// The ZIP has no length that could be known before its end: what has come is what can be said.
async function receiveExport(form, say) {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
  // Who was logged out meanwhile gets a page, not a ZIP.
  if (!response.ok || response.headers.get("Content-Type") !== "application/zip") throw new Error(String(response.status));
  const reader = response.body.getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
    say(form.dataset.receiving.replace("{size}", (size / MEGABYTE).toFixed(1)));
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))[1];
  save(new Blob(pieces, { type: "application/zip" }), name);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function prepareExport(form) {
  const state = form.querySelector("[data-state]");
  const say = (words) => { state.textContent = words; };
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    say(form.dataset.waiting);
    try {
      await receiveExport(form, say);
      say(form.dataset.finished);
    } catch {
      say(form.dataset.failed);
    }
    isBusy = false;
  });
}

function prepareImport(form) {
  const state = form.querySelector("[data-state]");
  const input = form.querySelector("input[type=file]");
  let isBusy = false;
  form.addEventListener("submit", (event) => {
    const isTooLarge = input?.files[0]?.size > Number(form.dataset.maxBytes);
    if (input) tellError(form, isTooLarge ? form.dataset.tooLarge : "");
    if (isTooLarge || isBusy) {
      event.preventDefault();
      return;
    }
    isBusy = true;
    if (!event.submitter?.hasAttribute("formaction")) state.textContent = form.dataset.waiting;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isBusy = false;
    state.textContent = "";
  });
}

function tellError(form, words) {
  const error = form.querySelector("[data-error]");
  error.textContent = words;
  error.hidden = !words;
}

document.querySelectorAll("[data-export]").forEach(prepareExport);
document.querySelectorAll("[data-import]").forEach(prepareImport);

// The curators' pages: goes on with a step and shows how far it is, completes titles, keeps addresses short, and opens
// the filters where they stand beside the list. All of it works without: by buttons, by typing, by long addresses. Words come from data attributes.
"use strict";

async function goOn(form) {
  const bar = document.querySelector(".curation-progress progress");
  const text = document.querySelector("[data-progress-text]");
  const button = form.querySelector("button");
  button.hidden = true;
  try {
    for (;;) {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
        redirect: "error",
      });
      if (!response.ok) throw new Error(String(response.status));
      const step = await response.json();
      bar.max = step.total;
      bar.value = step.done;
      text.textContent = step.text;
      if (!step.is_at_work) break;
    }
    window.location.reload();
  } catch {
    text.textContent = form.dataset.failed;
    button.hidden = false;
  }
}

const PAUSE_MS = 250; // between two letters of who types fast

function suggest(form) {
  const field = form.elements.q;
  const list = document.getElementById(field.getAttribute("list"));
  let timer = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const words = field.value.trim();
      if (!words || words === asked) return;
      asked = words;
      const response = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}`);
      if (!response.ok || asked !== words) return;
      const { results } = await response.json();
      list.replaceChildren(...results.map(({ text }) => new Option("", text)));
    }, PAUSE_MS);
  });
}

// Fields that are empty ask for nothing, and need not stand in the address.
function shorten(form) {
  const fields = [...form.elements].filter((field) => field.name);
  form.addEventListener("submit", () => { for (const field of fields) field.disabled = field.value === ""; });
  window.addEventListener("pageshow", () => { for (const field of fields) field.disabled = false; });
}

const BESIDE = window.matchMedia("(min-width: 64.0625rem)"); // as admin.css; on smaller screens they stand above it

document.addEventListener("DOMContentLoaded", () => {
  if (BESIDE.matches) for (const fold of document.querySelectorAll("[data-fold]")) fold.open = true;
  document.querySelectorAll("[data-advance]").forEach(goOn);
  document.querySelectorAll("[data-suggest]").forEach(suggest);
  document.querySelectorAll("[data-filters]").forEach(shorten);
});

// Says that an upload is being read; it works without.
"use strict";

for (const form of document.querySelectorAll("form[data-waiting]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[data-state]").textContent = form.dataset.waiting;
  });
}

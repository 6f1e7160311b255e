// Says that the site is at work while a model is fetched or tried, and takes the form only once.
"use strict";

function tellBusy(form) {
  const button = form.querySelector("[type=submit]");
  const words = form.querySelector("[role=status]");
  form.addEventListener("submit", () => {
    button.disabled = true;
    words.textContent = form.dataset.busy;
  });
  // The page may come back from the browser's memory as it was left.
  window.addEventListener("pageshow", () => {
    button.disabled = false;
    words.textContent = "";
  });
}

document.querySelectorAll("form[data-busy]").forEach(tellBusy);

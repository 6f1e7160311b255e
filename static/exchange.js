// Says that an upload is being read, and goes on with an import by itself. Both work without it, by the same buttons.
"use strict";

for (const form of document.querySelectorAll("form[data-waiting]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[data-state]").textContent = form.dataset.waiting;
  });
}

const goesOn = document.querySelector("form[data-goes-on]");
if (goesOn) goesOn.requestSubmit(goesOn.querySelector("button"));

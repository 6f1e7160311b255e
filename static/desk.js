// What Django's admin leaves out, on every page of it.
"use strict";

// Django writes the admin's <html>: what the site's own pages carry on theirs is put there before anything is drawn.
Object.assign(document.documentElement.dataset, document.currentScript.dataset);

// Django's lists of choices, which it makes as the page has loaded, name their magnifiers by an aria-label. Screen readers
// may pass that over where an element has no role.
function giveRoles() {
  document.querySelectorAll("span[aria-label]:not([role])").forEach((icon) => icon.setAttribute("role", "img"));
}

window.addEventListener("load", () => setTimeout(giveRoles));

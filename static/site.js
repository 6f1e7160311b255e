// What makes writing pleasant; every page works without it. Words come from data attributes, in the reader's language.
"use strict";

const NEAR_LIMIT = 0.9; // the share of the limit from which the count is shown

// The few cookies that scripts share with the site. Over HTTPS, their names begin with __Host-, and such a cookie can
// only be changed as a secure one.
const cookies = (() => {
  const { cookiePrefix } = document.documentElement.dataset;
  const secure = cookiePrefix ? "; secure" : "";

  function write(name, value, seconds) {
    document.cookie = `${cookiePrefix}${name}=${value}; path=/; max-age=${seconds}; samesite=lax${secure}`;
  }

  return {
    read: (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${cookiePrefix}${name}=`))?.split("=")[1],
    write,
    forget: (name) => write(name, "", 0),
  };
})();

function prepareEntryForm(form) {
  const textarea = form.querySelector("textarea");
  const button = form.querySelector("[data-saving]");
  let isSaving = false;

  const fieldSizing = CSS.supports("field-sizing", "content");
  const update = () => {
    if (!fieldSizing) growWithText(textarea);
    showCount(form, textarea);
  };
  textarea.addEventListener("input", update);
  update();

  const date = form.elements.written_on;
  if (form.querySelector("[data-write-day]")) date.addEventListener("input", () => showDay(form, date));

  // An edited page opens with the cursor at the end of the text.
  if (textarea.autofocus) textarea.setSelectionRange(textarea.value.length, textarea.value.length);

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });

  form.addEventListener("submit", (event) => {
    if (isSaving) {
      event.preventDefault();
      return;
    }
    isSaving = true;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.saving;
    button.setAttribute("aria-disabled", "true");
  });

  // Back from the saved page: the browser may show this one from memory, still "saving".
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || !isSaving) return;
    isSaving = false;
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-disabled");
  });

  const keys = form.querySelector("[data-keys]");
  keys.hidden = false;
  if (/Mac|iPhone|iPad/.test(navigator.platform)) keys.querySelector("kbd").textContent = "⌘";
}

// The question above the text asks about the day that is chosen.
function showDay(form, date) {
  if (!date.valueAsDate || date.validity.rangeOverflow) return;
  const question = form.querySelector(".write-question");
  question.textContent = date.value === date.max ? question.dataset.today : question.dataset.other;
  const parts = { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" };
  if (date.value.slice(0, 4) !== date.max.slice(0, 4)) parts.year = "numeric";
  form.querySelector("[data-write-day]").textContent = date.valueAsDate.toLocaleDateString(document.documentElement.lang, parts);
}

function growWithText(textarea) {
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight}px`;
}

function showCount(form, textarea) {
  const count = form.querySelector("[data-count]");
  const limit = Number(textarea.dataset.maxLength);
  // Code points, as the server counts them. UTF-16 length is never smaller, so short texts are not walked through.
  const isNear = textarea.value.length >= limit * NEAR_LIMIT;
  const left = isNear ? limit - [...textarea.value].length : limit;
  const words = left < 0 ? count.dataset.over : count.dataset.left;
  count.textContent = isNear ? words.replace("{n}", Math.abs(left).toLocaleString()) : "";
  count.classList.toggle("count-over", left < 0);
}

function prepareThemeToggle(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : prefersDark;
    root.dataset.theme = isDark ? "light" : "dark";
    cookies.write("theme", root.dataset.theme, 31_536_000);
  });
}

function closeMenuFromOutside(menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A song is heard here only when asked for: until the click, nothing is loaded from Spotify.
function showPlayerButtons(root) {
  root.querySelectorAll("[data-player]").forEach((button) => { button.hidden = false; });
}

function togglePlayer(button) {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  // Two songs at once are noise: the others close.
  document.querySelectorAll("[data-player][aria-expanded='true']").forEach(closePlayer);
  if (isOpen) return;
  const player = document.createElement("iframe");
  player.className = "player";
  player.title = button.dataset.playerTitle;
  // Its scripts, its own storage (protected audio needs it) and links that open Spotify; nothing of this page.
  player.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";
  player.allow = "encrypted-media";
  player.src = button.dataset.player;
  button.closest("li").append(player);
  button.setAttribute("aria-expanded", "true");
  const label = button.querySelector("[data-label]");
  label.dataset.label = label.textContent;
  label.textContent = button.dataset.close;
  player.focus();
}

function closePlayer(button) {
  button.closest("li").querySelector(".player").remove();
  button.setAttribute("aria-expanded", "false");
  const label = button.querySelector("[data-label]");
  label.textContent = label.dataset.label;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-player]");
  if (button) togglePlayer(button);
});
// A request that had to wait has lost its button: the answer before it drew the form anew.
document.addEventListener("htmx:configRequest", (event) => {
  const button = event.detail.triggeringEvent?.submitter;
  if (button?.name) event.detail.parameters[button.name] = button.value;
});

const wordsFor = (status) => (status === 429 ? "often" : status < 500 ? "refused" : "words");

// A click whose request fails would otherwise look like none.
function tellFailure(words) {
  const notice = document.getElementById("request-failed");
  notice.textContent = notice.dataset[words];
  notice.hidden = false;
}

document.addEventListener("htmx:sendError", () => tellFailure("words"));
document.addEventListener("htmx:responseError", (event) => tellFailure(wordsFor(event.detail.xhr.status)));
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) document.getElementById("request-failed").hidden = true;
});

// The button for others stands below what it replaces: on a phone the new answer would begin out of sight.
document.addEventListener("htmx:afterSettle", (event) => {
  const { id } = event.detail.elt;
  if (id === "recommendations" && event.detail.elt.getBoundingClientRect().top < 0) event.detail.elt.scrollIntoView();
});

// Back to the list as it was: its search, its filters, its page. From entry to entry its address goes along, and ends
// on any other page: words that were searched for are nobody else's.
const LIST_ADDRESS = "list-address";
function prepareBackLink(link) {
  const list = new URL(link.href).pathname;
  const before = document.referrer.startsWith(`${location.origin}/`) ? new URL(document.referrer) : null;
  if (before?.pathname === list) sessionStorage.setItem(LIST_ADDRESS, before.href);
  else if (!before?.pathname.startsWith(list)) sessionStorage.removeItem(LIST_ADDRESS);
  link.href = sessionStorage.getItem(LIST_ADDRESS) ?? link.href;
}
const backLink = document.querySelector("[data-back]");
if (backLink) prepareBackLink(backLink);
else sessionStorage.removeItem(LIST_ADDRESS);

document.addEventListener("htmx:load", (event) => showPlayerButtons(event.detail.elt));
showPlayerButtons(document);

document.querySelectorAll("[data-entry-form]").forEach(prepareEntryForm);
document.querySelectorAll("[data-theme-toggle]").forEach(prepareThemeToggle);
document.querySelectorAll(".menu").forEach(closeMenuFromOutside);

// The review page without loading it anew, and by keyboard. Without this script, its forms and links do the same.
"use strict";

const KEYS_CHOICE = "review-keys"; // in this browser's storage: "off" where somebody does not want single keys
const status = document.querySelector("#review-status");
const help = document.querySelector("#review-help");
let isBusy = false;

const review = () => document.querySelector("#review");
const edit = () => document.querySelector("#review-edit");

// Send a form as the browser would, and put what comes back in the place of the item.
async function send(form, button) {
  if (isBusy) return;
  isBusy = true;
  review().setAttribute("aria-busy", "true");
  const body = new FormData(form);
  body.set(button.name, button.value);
  try {
    const response = await fetch(form.action, { method: "POST", body });
    show(await response.text(), response);
  } catch {
    review().removeAttribute("aria-busy");
    status.textContent = "";
    status.textContent = status.dataset.failed;
    status.classList.remove("visually-hidden");
  } finally {
    isBusy = false;
  }
}

function show(text, response) {
  const next = new DOMParser().parseFromString(text, "text/html").querySelector("#review");
  if (!response.ok || !next) {
    window.location.assign(response.url); // a log-in, or an error that says what it is
    return;
  }
  review().replaceWith(document.adoptNode(next));
  history.replaceState(null, "", response.url);
  status.classList.add("visually-hidden");
  const said = [...next.querySelectorAll(".review-message")].map((message) => message.textContent);
  const title = next.querySelector("#review-title");
  status.textContent = [...said, status.dataset.next, title.textContent].join(" ");
  title.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

function openEdit(isOpen) {
  const details = edit();
  if (!details || details.open === isOpen) return;
  details.open = isOpen;
  status.textContent = isOpen ? status.dataset.opened : status.dataset.closed;
  details.querySelector(isOpen ? "input[type=checkbox]" : "summary").focus();
}

function toggleTag(key) {
  const box = edit()?.open && edit().querySelector(`input[data-key="${key}"]`);
  if (!box) return;
  box.focus();
  box.click();
}

// A tag that is switched on gets a score that says so; a score that is typed switches its tag.
function keepTogether(target) {
  const line = target.closest(".review-line");
  if (!line) return;
  const { carriesFrom, carriedScore } = edit().dataset;
  const box = line.querySelector("input[type=checkbox]");
  const score = line.querySelector("input[type=number]");
  if (target === score && score.value !== "") box.checked = Number(score.value) >= Number(carriesFrom);
  if (target === box && box.checked && Number(score.value) < Number(carriesFrom)) score.value = carriedScore;
}

// With a Korean keyboard, "a" types "ㅁ": then the place of the key counts.
function pressedKey(event) {
  if (/^[a-z0-9?]$/i.test(event.key)) return event.key.toLowerCase();
  return /^(Key[A-Z]|Digit[0-9])$/.test(event.code) ? event.code.at(-1).toLowerCase() : "";
}

const isField = (target) =>
  target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit])");

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && edit()?.open) openEdit(false);
  if (event.key === "Enter" && edit()?.open && !event.target.closest("button, a, summary, input[type=number]")) {
    event.preventDefault();
    edit().querySelector("form").requestSubmit(edit().querySelector("button"));
  }
  if (isField(event.target) || localStorage.getItem(KEYS_CHOICE) === "off") return;
  const key = pressedKey(event);
  const button = key && review().querySelector(`button[data-key="${key}"]`);
  if (button) button.click();
  else if (key === "e" || key === "c") openEdit(!edit()?.open);
  else if (key === "?") help.open = !help.open;
  else if (/^[1-9]$/.test(key)) toggleTag(key);
  else return;
  event.preventDefault();
}

document.addEventListener("submit", (event) => {
  if (!review().contains(event.target)) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("input", (event) => keepTogether(event.target));
document.addEventListener("keydown", pressKey);

const choice = help.querySelector("[data-keys-choice]");
const box = choice.querySelector("input");
box.checked = localStorage.getItem(KEYS_CHOICE) !== "off";
document.body.classList.toggle("review-without-keys", !box.checked);
box.addEventListener("change", () => {
  localStorage.setItem(KEYS_CHOICE, box.checked ? "on" : "off");
  document.body.classList.toggle("review-without-keys", !box.checked);
});
choice.hidden = false;

// A person's own tags as buttons below the field, which stays what counts: the buttons write into it.
"use strict";

document.querySelectorAll("[data-tag-picks]").forEach((picks) => {
  const field = picks.closest("form").elements.tags;
  const buttons = [...picks.querySelectorAll("[data-tag]")];
  const read = () => field.value.replace(/[#,]/g, " ").split(/\s+/).filter(Boolean);
  const isTag = (name) => (tag) => tag.normalize().toLowerCase() === name.normalize().toLowerCase();

  function show() {
    const tags = read();
    for (const button of buttons) button.setAttribute("aria-pressed", String(tags.some(isTag(button.dataset.tag))));
  }

  picks.addEventListener("click", (event) => {
    const name = event.target.closest("[data-tag]")?.dataset.tag;
    if (!name) return;
    const tags = read();
    const others = tags.filter((tag) => !isTag(name)(tag));
    const next = others.length < tags.length ? others : [...tags, name];
    field.value = next.map((tag) => `#${tag}`).join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", show);
  picks.hidden = false;
  show();
});

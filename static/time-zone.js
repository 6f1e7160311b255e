// Offers the clock of the device where it is not the chosen one. Travellers find it; nothing is changed unasked.
"use strict";

function offerDeviceZone(form) {
  const select = form.querySelector("select");
  const button = form.querySelector("[data-device-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const option = [...select.options].find((candidate) => candidate.value === zone);
  if (!option) return;
  button.textContent = button.dataset.words.replace("{zone}", option.text);
  const update = () => { button.hidden = select.value === zone; };
  button.addEventListener("click", () => {
    select.value = zone;
    update();
    form.requestSubmit();
  });
  select.addEventListener("change", update);
  update();
}

document.querySelectorAll("[data-time-zone-form]").forEach(offerDeviceZone);

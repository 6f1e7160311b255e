// Says why a passkey did not work, where allauth's scripts only write to the console.
"use strict";

document.addEventListener("allauth.error", (event) => {
  const error = document.getElementById("passkey-error");
  const isUnsupported = !window.PublicKeyCredential || event.detail.exception?.name === "SecurityError";
  error.textContent = isUnsupported ? error.dataset.unsupported : error.dataset.cancelled;
  error.hidden = false;
});

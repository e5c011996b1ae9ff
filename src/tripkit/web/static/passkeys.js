// Forms that a passkey answers: shown where the browser knows passkeys, sent with what the passkey said.
const bytes = (text) => {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (known) => (known ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** Ask the passkey; its answer as JSON (WebAuthn level 3, 5.1.8), written out since older browsers do not. */
async function answerOf(way, asked) {
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (way === "create") {
    publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
    publicKey.excludeCredentials = named(asked.excludeCredentials);
  } else {
    publicKey.allowCredentials = named(asked.allowCredentials);
  }
  const found = await navigator.credentials[way]({ publicKey });
  const response = { clientDataJSON: text(found.response.clientDataJSON) };
  if (way === "create") {
    response.attestationObject = text(found.response.attestationObject);
  } else {
    response.authenticatorData = text(found.response.authenticatorData);
    response.signature = text(found.response.signature);
    response.userHandle = found.response.userHandle ? text(found.response.userHandle) : null;
  }
  return JSON.stringify({
    id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {},
  });
}

if (window.PublicKeyCredential) {
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-said]");
      said.textContent = "";
      try {
        form.elements.credential.value = await answerOf(form.dataset.passkey, JSON.parse(form.dataset.asked));
        form.submit();
      } catch {
        // Turned down, timed out, or none for this site: browsers do not tell which, on purpose.
        said.textContent = form.dataset.failed;
      }
    });
  }
}

// <kk-passkey data-source="id" | data-url [data-new]><button>…</button></kk-passkey> in a form with a
// field "credential": asks the browser for a passkey, or makes a new one, and sends the form.
const decoded = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const encoded = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => list?.map((one) => ({ ...one, id: decoded(one.id) }));

class Passkey extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  async handleEvent(event) {
    if (!event.target.closest("button")) return;
    const form = this.closest("form");
    const problem = this.querySelector("[data-problem]");
    problem.hidden = true;
    try {
      const { publicKey } = await this.options();
      const credential = this.hasAttribute("data-new") ? await make(publicKey) : await ask(publicKey);
      form.elements.credential.value = JSON.stringify(credential);
    } catch {
      problem.hidden = false; // refused, or taken too long
      return;
    }
    form.submit();
  }

  async options() {
    if (!this.dataset.url) {
      const data = JSON.parse(document.getElementById(this.dataset.source).textContent);
      return data.creation_options ?? data.request_options;
    }
    const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }
}

async function make(options) {
  const publicKey = {
    ...options,
    challenge: decoded(options.challenge),
    user: { ...options.user, id: decoded(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  };
  const made = await navigator.credentials.create({ publicKey });
  const { attestationObject, clientDataJSON } = made.response;
  return described(made, { attestationObject: encoded(attestationObject), clientDataJSON: encoded(clientDataJSON), transports: made.response.getTransports?.() ?? [] });
}

async function ask(options) {
  const publicKey = { ...options, challenge: decoded(options.challenge), allowCredentials: known(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = found.response;
  return described(found, {
    authenticatorData: encoded(authenticatorData),
    clientDataJSON: encoded(clientDataJSON),
    signature: encoded(signature),
    userHandle: userHandle ? encoded(userHandle) : null,
  });
}

function described(credential, response) {
  return { type: credential.type, id: credential.id, rawId: encoded(credential.rawId), response, clientExtensionResults: credential.getClientExtensionResults() };
}

customElements.define("kk-passkey", Passkey);

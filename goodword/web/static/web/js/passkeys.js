// Passkeys: a form marked data-passkey asks the browser for one and is sent with the answer.
//   add      makes a passkey, of the options in #passkey-data
//   show     asks for one of mine, of the options in #passkey-data
//   sign-in  asks for any passkey of this place, of options fetched now
const able = Boolean(window.PublicKeyCredential && window.isSecureContext && navigator.credentials && isNamed(location.hostname));

// A passkey belongs to a name; an address of digits has none.
function isNamed(host) {
  return !/^[\d.]+$|:/.test(host);
}

const given = () => JSON.parse(document.getElementById("passkey-data").textContent);

async function make(form) {
  const options = given().creation_options;
  const alone = form.elements.passwordless?.checked ?? false;
  Object.assign(options.publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  });
  return window.webauthnJSON.create(options);
}

const ways = {
  add: make,
  show: () => window.webauthnJSON.get(given().request_options),
  "sign-in": async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return window.webauthnJSON.get((await answer.json()).request_options);
  },
};

function say(form, words) {
  const place = form.querySelector("[data-says]");
  place.textContent = words;
  place.hidden = !words;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const way = form.dataset.passkey;
  if (able) form.hidden = false;
  else if (form.dataset.unable) say(form, form.dataset.unable);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!able) return;
    say(form, "");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await ways[way](form));
      form.submit();
    } catch {
      say(form, form.dataset.refused); // put away, timed out, or none that fits: it comes to the same
    }
    button.disabled = false;
  });
}

// What the menus beside Send offer is fetched when they are opened: the moments are counted from then.
const form = () => document.getElementById("composer");

async function fetchChoices(menu) {
  const composer = form();
  const body = menu.querySelector(".menu-body");
  const url = composer.dataset.draftUrl.replace("/draft/", "/sending/");
  let response;
  try {
    response = await fetch(`${url}&menu=${menu.dataset.sending}`, { headers: { "HX-Request": "true" } });
  } catch {
    return; // the button that is there asks for them with the whole form
  }
  if (!response.ok || !menu.isConnected) return;
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  const hadFocus = body.contains(document.activeElement);
  body.replaceChildren(...answer.body.childNodes);
  if (hadFocus || menu.contains(document.activeElement)) body.querySelector("button")?.focus();
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (menu.open && menu.matches?.("#composer [data-sending]")) fetchChoices(menu);
  },
  true,
);

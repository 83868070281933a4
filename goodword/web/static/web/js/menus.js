// What a menu holds is fetched when somebody reaches for it: until then its body is a link, a[data-holds], to the same
// as a page. The pointer is there a moment before its click, so the menu is filled when it opens.
const fetching = new WeakMap();
let typed = []; // into a menu that is on its way
const linkOf = (menu) => menu?.querySelector(":scope > .menu-body > a[data-holds]");

async function fill(menu, link) {
  let response = null;
  try {
    response = await fetch(link.href, { headers: { "HX-Request": "true" } });
  } catch {
    // Goodword can't be reached: the link stays
  }
  if (!response?.ok || response.redirected || !link.isConnected) {
    fetching.delete(link);
    typed = [];
    return;
  }
  const body = link.parentElement;
  const hadFocus = link === document.activeElement;
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  body.replaceChildren(...answer.body.childNodes);
  window.htmx?.process(body);
  const first = [...body.querySelectorAll("a[href], button")].find((each) => each.checkVisibility());
  if (hadFocus) first?.focus();
  const keys = hadFocus ? typed : [];
  typed = [];
  for (const key of keys) {
    if (key === "Enter") document.activeElement.click();
    else document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}

/** Once this menu holds what it offers. */
export function filled(menu) {
  const link = linkOf(menu);
  if (link && !fetching.has(link)) fetching.set(link, fill(menu, link));
  return link && fetching.get(link);
}

for (const reaching of ["pointerover", "focusin", "toggle"])
  document.addEventListener(reaching, (event) => {
    const menu = event.target.closest?.("details.menu");
    if (menu && (reaching !== "toggle" || menu.open)) filled(menu);
  }, true);
// Who knows the menu types on before it is there.
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("a[data-holds]");
  if (!link || !fetching.has(link) || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  typed.push(event.key);
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-holds]");
  const menu = link?.closest("details.menu");
  if (!menu || event.ctrlKey || event.metaKey || event.shiftKey || !fetching.has(link)) return;
  event.preventDefault(); // it is on its way
});

// After a swap the focus goes to what changed: the first [data-autofocus] that came in. Otherwise it stays; and what
// was drawn anew meanwhile, or has left, gives it to what stands in its place.

const likeOf = (held, place) => [...(place?.querySelectorAll(held.localName) ?? [])].find((each) => each.className === held.className && each.textContent === held.textContent);

function toCursor() {
  const next = document.querySelector("[data-rows] .row-cursor a[href]") ?? document.getElementById("main");
  next?.focus({ preventScroll: true });
}

/** What has the focus now. Call what this returns to give it back: to the same, or its like where it was drawn anew. */
export function hold(otherwise = toCursor) {
  const held = document.activeElement;
  const id = held?.closest("[id]")?.id;
  return () => {
    const place = document.getElementById(id);
    const again = held?.isConnected && held !== document.body ? held : (likeOf(held, place) ?? place);
    const target = again?.matches("[data-row]") ? again.querySelector("a[href]") : again;
    target?.focus({ preventScroll: true });
    if (!document.activeElement || document.activeElement === document.body) otherwise();
  };
}

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  const target = arrived.matches?.("[data-autofocus]") ? arrived : arrived.querySelector?.("[data-autofocus]");
  target?.focus();
});
// A page that came with something to put right (a form with errors) begins there.
document.querySelector("[data-autofocus]")?.focus();

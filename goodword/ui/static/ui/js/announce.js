// News for screen readers, in the page's one polite live region.

/** Say `text` once, also when it is the same as the last. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

// Short news in the corner: goes by itself, unless it is an error, holds an action, or someone is reading it.
// What can be undone stays a little longer; `z` presses the newest undo there is (keys.js).

const STAYS_MS = 6000;
const UNDO_STAYS_MS = 10000;
const region = document.getElementById("toasts");

/** Show a copy of `<template id="toast-{name}">`, or with it `words`; once only while it is still there. */
export function showToast(name, words = "") {
  const template = document.getElementById(`toast-${name}`);
  if (!template || !region) return;
  region.querySelector(`[data-toast="${name}"]`)?.remove(); // said again it is news again
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.toast = name;
  if (words) toast.querySelector("p").textContent = words;
  region.append(toast);
}

/** What the page says that was answered instead: why, and what to do. */
function wordsOf(page) {
  const sheet = new DOMParser().parseFromString(page, "text/html").querySelector("main.sheet");
  const [why, what] = ["h1", "h1 + p"].map((each) => sheet?.querySelector(each)?.textContent.trim());
  return why && what ? `${why}. ${what}` : "";
}

function leaveLater(toast) {
  const canBeUndone = toast.querySelector("[data-undo]") != null;
  if (toast.matches(".toast-error") || (!canBeUndone && toast.querySelector("form, a"))) return;
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), canBeUndone ? UNDO_STAYS_MS : STAYS_MS);
  };
  const hold = () => clearTimeout(timer);
  const startUnlessRead = () => toast.matches(":hover, :focus-within") || start();
  for (const type of ["mouseenter", "focusin"]) toast.addEventListener(type, hold);
  for (const type of ["mouseleave", "focusout"]) toast.addEventListener(type, () => setTimeout(startUnlessRead));
  requestAnimationFrame(startUnlessRead); // counted from when it is drawn: behind another tab nobody reads it
}

if (region) {
  region.querySelectorAll(".toast").forEach(leaveLater);
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node.matches?.(".toast")) leaveLater(node);
  }).observe(region, { childList: true });
  region.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
}
document.addEventListener("htmx:sendError", () => showToast("unreached"));
document.addEventListener("htmx:timeout", () => showToast("unreached"));
document.addEventListener("htmx:responseError", (event) => {
  // 422 comes back as the form itself; 401 means signed out elsewhere, where only a full load helps.
  const { status, responseText } = event.detail.xhr;
  if (status === 401) window.location.reload();
  else if (status !== 422) showToast("refused", wordsOf(responseText));
});

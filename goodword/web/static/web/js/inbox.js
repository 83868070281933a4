// Opening conversations beside the list, the keys for it, and the dialogs that ask.
import { register } from "../../ui/js/keys.js";

const main = () => document.querySelector("main.inbox");

/** The latest word is what one came for. */
export function toTheEnd() {
  const timeline = document.getElementById("timeline");
  if (timeline && !new URLSearchParams(window.location.search).has("all")) timeline.scrollTop = timeline.scrollHeight;
}

/** Mark the row of the open conversation, and let a narrow screen show what was opened. */
export function markOpened() {
  const opened = document.getElementById("conversation")?.dataset.id;
  for (const row of document.querySelectorAll("#rows > [data-row]")) {
    if (opened && row.id === `row-${opened}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  if (!opened || !main()) return;
  main().classList.remove("inbox-plain");
  main().dataset.shows = "conversation";
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "conversation") return;
  markOpened();
  toTheEnd();
  // Once something is sent the keys mean the conversation again: z takes it back, u leaves, j goes on.
  if (event.detail.requestConfig?.elt?.id === "composer") document.getElementById("timeline")?.focus({ preventScroll: true });
  document.title = document.getElementById("conversation")?.dataset.title ?? document.title;
});
// Both pieces came by one answer: what is opened is announced by its heading.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "conversation") return;
  document.getElementById("asking")?.replaceChildren();
  const focused = document.activeElement;
  if (!focused || focused === document.body) document.getElementById("timeline")?.focus({ preventScroll: true });
});

// Questions: shown as a modal dialog, put away by "keep open" or by the act itself.
document.addEventListener("htmx:load", (event) => {
  const dialog = event.detail.elt.closest?.("dialog[data-shows-itself]") ?? event.detail.elt.querySelector?.("dialog[data-shows-itself]");
  if (dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("click", (event) => {
  const dialog = event.target.closest?.("dialog[data-shows-itself]");
  if (!dialog) return;
  if (event.target.closest("[data-keeps]")) {
    event.preventDefault();
    dialog.close();
  } else if (event.target.closest("[data-answers]") && document.getElementById("composer-text")) {
    event.preventDefault();
    dialog.close();
    document.getElementById("composer-text").focus();
  }
});

// Pictures from elsewhere load in the message's own frame, and only when asked for.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-shows-remote]");
  const frame = link?.closest(".message")?.querySelector("iframe[data-frame]");
  if (!frame) return;
  event.preventDefault();
  frame.src = link.href;
  link.remove();
});

function back() {
  const link = document.getElementById("back");
  if (link?.checkVisibility()) link.click();
  else (document.querySelector("#rows > [aria-current] a") ?? document.querySelector("#rows a"))?.focus();
}
const labels = document.getElementById("list")?.dataset;
if (labels) {
  register("u", labels.labelBack, back);
  // Their buttons stand in a closed menu, where no key can press them.
  for (const [key, label] of [["#", labels.labelTrash], ["p", labels.labelPromise], ["f", labels.labelForward], ["shift+u", labels.labelUnread]])
    register(key, label, () => document.querySelector(`[data-act="${key}"]`)?.click());
}

markOpened();
toTheEnd();

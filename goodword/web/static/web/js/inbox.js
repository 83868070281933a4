// Opening conversations beside the list, the keys for it, and the dialogs that ask.
import { hold } from "../../ui/js/focus.js";
import { register } from "../../ui/js/keys.js";
import { moveTo, open } from "../../ui/js/rows.js";
import { filled } from "./menus.js";

const main = () => document.querySelector("main.inbox");

// The latest word is what one came for, and what one answers: it stays in sight when the composer grows or a picture
// comes, until one scrolls up.
let isAtEnd = false;
let scrolledTo = 0;

function stayAtEnd() {
  const timeline = document.getElementById("timeline");
  if (timeline && isAtEnd) timeline.scrollTop = timeline.scrollHeight;
}
const heights = new ResizeObserver(stayAtEnd);
document.addEventListener("load", (event) => event.target.closest?.("#timeline") && stayAtEnd(), true);
document.addEventListener("scroll", ({ target }) => {
  if (target.id !== "timeline") return;
  if (target.scrollHeight - target.scrollTop - target.clientHeight < 80) isAtEnd = true;
  else if (target.scrollTop < scrolledTo) isAtEnd = false;
  scrolledTo = target.scrollTop;
}, true);

export function toTheEnd() {
  const timeline = document.getElementById("timeline");
  heights.disconnect();
  if (!timeline) return;
  isAtEnd = !new URLSearchParams(window.location.search).has("all");
  scrolledTo = 0;
  stayAtEnd();
  heights.observe(timeline);
}

/** Mark the row of the open conversation. */
export function markOpened() {
  const opened = document.getElementById("conversation")?.dataset.id;
  for (const row of document.querySelectorAll("#rows > [data-row]")) {
    if (opened && row.id === `row-${opened}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** Let a narrow screen show what was opened, under its own address also when an undo opened it. */
function showOpened() {
  const { id, url } = document.getElementById("conversation")?.dataset ?? {};
  if (!id || !main()) return;
  main().classList.remove("inbox-plain");
  main().dataset.shows = "conversation";
  if (!window.location.pathname.startsWith(new URL(url, window.location.href).pathname)) history.pushState({ htmx: true }, "", url);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "conversation") return;
  markOpened();
  showOpened();
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
  if (!dialog || dialog.open) return;
  dialog.addEventListener("close", hold());
  dialog.showModal();
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

// What was put aside leaves the list: the next one opens in its place; a narrow screen shows the list again.
const PUTS_ASIDE = /\/(close|trash|spam|snooze|no-answer-needed)\/$/;
const rowOf = (id) => document.getElementById(`row-${id}`);
let leaving = null; // {id, index} of the open one while an act may take its row away

document.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig, target } = event.detail;
  if (target?.id !== "conversation") return;
  const id = document.getElementById("conversation").dataset.id;
  const puts = requestConfig.verb === "post" && PUTS_ASIDE.test(new URL(requestConfig.path, window.location.href).pathname);
  const rows = [...document.querySelectorAll("#rows > [data-row]")];
  leaving = puts && rowOf(id) ? { id, index: rows.indexOf(rowOf(id)) } : null;
});

// A double click puts one aside and not the next as well, whose buttons come under the pointer meanwhile.
let clickedIn = ""; // the conversation in whose head a click began
document.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest?.("#head")) return;
    const { id } = document.getElementById("conversation").dataset;
    if (event.detail < 2) clickedIn = id;
    else if (clickedIn !== id) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

function showList() {
  main().dataset.shows = "list";
  history.pushState({ htmx: true }, "", document.getElementById("list").dataset.url);
}

function goOn() {
  if (!leaving || rowOf(leaving.id)) return;
  const rows = [...document.querySelectorAll("#rows > [data-row]")];
  const next = rows[Math.min(leaving.index, rows.length - 1)];
  const isAside = document.getElementById("list").checkVisibility();
  leaving = null;
  if (!isAside) showList();
  if (!next) return;
  moveTo(next);
  if (isAside) open(next);
}
const list = document.getElementById("rows");
if (list) new MutationObserver(goOn).observe(list, { childList: true });

// Undoing what was done with a conversation shows it again beside its list.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-undo]");
  const path = form && new URL(form.action).pathname;
  if (!form || !window.htmx || !document.getElementById("conversation")) return;
  const target = path.startsWith("/conversations/") ? "#conversation" : path.startsWith("/bulk/") ? "#asking" : null;
  if (!target) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  form.closest(".toast").remove();
  window.htmx.ajax("POST", form.getAttribute("action"), { source: document.body, target, swap: target === "#asking" ? "innerHTML" : "outerHTML", values });
});
// A question was answered or put away: the focus goes back to the list it was about.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "asking" || document.querySelector("dialog[open]")) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const row = document.querySelector("#rows > .row-cursor a") ?? document.querySelector("#rows a");
  (row ?? document.getElementById("main"))?.focus({ preventScroll: true });
});

function back() {
  const link = document.getElementById("back");
  if (link?.checkVisibility()) link.click();
  else (document.querySelector("#rows > [aria-current] a") ?? document.querySelector("#rows a"))?.focus();
}
/** Do what stands in a menu that may still be empty; news may draw the menu anew while it is filled. */
async function press(key) {
  const isFor = document.getElementById("conversation")?.dataset.id;
  const menuOf = () => document.querySelector(`details[data-acts~="${key}"]`);
  let menu;
  do {
    menu = menuOf();
    await filled(menu);
  } while (menu !== menuOf());
  if (isFor === document.getElementById("conversation")?.dataset.id) document.querySelector(`[data-act="${key}"]`)?.click();
}
const labels = document.getElementById("list")?.dataset;
if (labels) {
  register("u", labels.labelBack, back);
  // Their buttons stand in a closed menu, where no key can press them, once it was reached for.
  for (const [key, label] of [["#", labels.labelTrash], ["p", labels.labelPromise], ["f", labels.labelForward], ["shift+u", labels.labelUnread]])
    register(key, label, () => press(key));
}

markOpened();
toTheEnd();

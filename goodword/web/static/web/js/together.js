// Working side by side: where this page is, who else is there, what I have read, and what was said while I wrote.
// Nothing here is waited for: typing goes on whatever the network does.
import { announce } from "../../ui/js/announce.js";

const TELL_TYPING_EVERY_MS = 5000;
const READ_AFTER_MS = 700; // who leafs through a list with j and k has not read
const pane = () => document.getElementById("conversation");
const composer = () => document.getElementById("composer");
const newest = () => document.getElementById("timeline")?.dataset.newest ?? "";

/** What this page is called; a name for as long as it is open. */
export const PAGE = Array.from({ length: 12 }, () => "23456789bcdfghjkmnpqrstvwxz"[Math.floor(Math.random() * 27)]).join("");

const addressOf = (verb) => pane().dataset.url.replace(/[?].*/, `${verb}/`);

async function fresh(request) {
  const id = pane()?.dataset.id;
  let response;
  try {
    response = await request;
  } catch {
    return; // Goodword can't be reached; the stream comes back by itself
  }
  if (!response.ok || pane()?.dataset.id !== id) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [old, now] = [document.getElementById("here"), page.getElementById("here")];
  if (!old || !now) return;
  const words = (place) => [...place.querySelectorAll("[data-colleague]")].map((each) => each.dataset.colleague);
  const before = words(old);
  if (before.join() === words(now).join()) return;
  old.replaceChildren(...document.importNode(now, true).childNodes);
  const news = words(now).filter((each) => !before.includes(each));
  if (news.length) announce(news.join(", "));
}

/** Who else is here, now that the stream says it has changed. */
export function refreshColleagues(id) {
  if (pane()?.dataset.id === id) fresh(fetch(addressOf("colleagues"), { headers: { "HX-Request": "true" } }));
}

/** This page shows it no longer. */
export function leave() {
  clearTimeout(timer);
  told = read = "";
  tell({ doing: "away" });
}

let said = Promise.resolve();

/** One after the other, so that what was said last is heard last; only who leaves waits for nobody. */
function tell(content) {
  const id = pane()?.dataset.id;
  const token = document.querySelector("#conversation [name=csrfmiddlewaretoken]")?.value;
  if (!id || !token) return;
  const address = addressOf("here");
  const body = new URLSearchParams({ page: PAGE, doing: "", ...content });
  const send = () => fresh(fetch(address, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token }, keepalive: true }));
  if (content.doing === "away") {
    send();
    return;
  }
  const sendHere = () => pane()?.dataset.id === id && send();
  said = said.then(sendHere, sendHere);
}

// What is open, and how far it was read

let told = ""; // the conversation this page was last told to show
let read = ""; // and how far
let timer = 0;

function mark() {
  const id = pane()?.dataset.id;
  if (!id || document.hidden) return;
  const far = `${id} ${newest()}`;
  if (far === read && told === id) return;
  read = far;
  told = id;
  tell({ read_to: newest(), doing: doing() });
  markRow(id);
}

function markRow(id) {
  document.querySelector(`#row-${id} .dot`)?.remove();
  document.getElementById(`row-${id}`)?.classList.remove("row-unread");
}

/** Something is shown, or new words came into it. */
export function shown() {
  clearTimeout(timer);
  timer = setTimeout(mark, READ_AFTER_MS);
}

document.addEventListener("htmx:afterSettle", (event) => event.detail.target?.id === "conversation" && shown());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    told = "";
    clearTimeout(timer);
    tell({ doing: "away" });
  } else shown();
});

// Typing

let toldTyping = 0;
let typedIn = "";

/** Whoever begins to type at once is not taken for one who only looks, when the page has been read. */
function doing() {
  if (Date.now() - toldTyping >= TELL_TYPING_EVERY_MS || typedIn !== pane()?.dataset.id) return "";
  return composer()?.elements.mode.value === "note" ? "note" : "reply";
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "composer-text") return;
  const stale = composer().querySelector("[data-stale]");
  if (stale) composer().elements.known.value = stale.dataset.stale; // who writes on with the news before their eyes has read it
  const id = pane()?.dataset.id;
  if (Date.now() - toldTyping < TELL_TYPING_EVERY_MS && typedIn === id) return;
  toldTyping = Date.now();
  typedIn = id;
  tell({ doing: doing() });
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.elt?.id !== "composer" || !event.detail.successful) return;
  toldTyping = 0;
  tell({});
});

// What was said since

/** The page shows what is newest; nobody has begun to write who could have missed it. */
export function knowNewest() {
  const form = composer();
  if (form && !form.elements.text.value.trim() && !form.querySelector("[data-stale]")) form.elements.known.value = newest();
}

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.querySelector?.("[data-stale]")) document.dispatchEvent(new CustomEvent("goodword:said"));
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-writes-on]")) return;
  event.preventDefault();
  const stale = composer().querySelector("[data-stale]");
  composer().elements.known.value = stale.dataset.stale;
  stale.remove();
  document.getElementById("composer-text").focus();
});

shown();

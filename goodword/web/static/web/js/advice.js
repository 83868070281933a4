// While an answer is written: their questions, and the promises in it. A pause asks the server, which reads the
// draft and forgets it; a person decides. Without scripts the same is shown as a step before sending.
import { announce } from "../../ui/js/announce.js";
import { markWords } from "./underline.js";

const AFTER_MS = 700;
const LONGEST = 200_000; // characters; longer drafts are looked at when they are sent
const form = () => document.getElementById("composer");
const field = () => document.getElementById("composer-text");
const place = () => document.getElementById("promising");
const bars = () => [...(place()?.querySelectorAll(".promise-bar") ?? [])];
let timer = 0;
let asked = null; // the text that was asked about last
let asking = null; // at most one at a time: a browser keeps few connections, and others wait for them
let begun = null; // the composer it is for
let told = new Set(); // what was announced of this draft

async function advise({ anew = false } = {}) {
  const composer = form();
  const here = place();
  const text = field()?.value ?? "";
  if (!composer || !here?.dataset.advice || (text === asked && !anew) || text.length > LONGEST) return;
  asked = text;
  const content = new FormData(composer);
  content.delete("attached");
  asking?.abort();
  asking = new AbortController();
  let words;
  try {
    const response = await fetch(here.dataset.advice, { method: "POST", body: content, headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!response.ok) return;
    words = await response.text();
  } catch {
    return; // advice only: the next pause asks again
  }
  const answer = new DOMParser().parseFromString(words, "text/html");
  if (composer !== form() || text !== field().value) return; // the next pause asks about what it is now
  showAsked(answer.getElementById("asked"));
  showBars(answer.getElementById("promising"));
  showTheirs(answer.getElementById("theirs"));
}

/** Let what is read in the timeline stay where it is, when the composer grows over its foot. */
function inPlace(change) {
  const timeline = document.getElementById("timeline");
  const atEnd = timeline && timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 4;
  change();
  if (atEnd) timeline.scrollTop = timeline.scrollHeight;
}

function showAsked(fresh) {
  const shown = document.getElementById("asked");
  if (!fresh || !shown || shown.dataset.shown === fresh.innerHTML) return;
  shown.dataset.shown = fresh.innerHTML;
  const opened = shown.querySelector("details")?.open ?? false;
  const hadFocus = shown.contains(document.activeElement);
  const details = fresh.querySelector("details");
  if (details) details.open = opened;
  inPlace(() => shown.replaceChildren(...fresh.childNodes));
  if (hadFocus) shown.querySelector("summary")?.focus();
}

// Each bar belongs to a sentence. While that stands in the draft its bar stays the same element: what one has put
// right, or is putting right, is never overwritten.
function showBars(fresh) {
  const here = place();
  const known = new Map(bars().map((bar) => [bar.dataset.keyOf, bar]));
  inPlace(() => {
    for (const bar of fresh.querySelectorAll(".promise-bar")) {
      if (known.has(bar.dataset.keyOf)) {
        renew(known.get(bar.dataset.keyOf), bar);
        known.delete(bar.dataset.keyOf);
      } else here.append(bar);
    }
    for (const bar of known.values()) if (!bar.contains(document.activeElement)) bar.remove();
  });
  underline();
  tell();
}

function renew(old, fresh) {
  old.dataset.spans = fresh.dataset.spans;
  const [chip, news] = [old, fresh].map((bar) => bar.querySelector(".promise-bar-chip time"));
  if (chip.dateTime !== news.dateTime) chip.replaceWith(news);
  const [usual, still] = [old, fresh].map((bar) => bar.querySelector(".promise-bar-usual"));
  if (usual && !still) usual.remove();
}

function tell() {
  const words = bars()
    .filter((bar) => !bar.matches(".promise-bar-off, .promise-bar-sure"))
    .map((bar) => [bar.querySelector("legend"), bar.querySelector(".promise-bar-what"), bar.querySelector(".promise-bar-chip")])
    .map(([legend, what, chip]) => `${legend.textContent}: ${what.value}. ${chip.textContent.trim()}`);
  const news = words.filter((each) => !told.has(each));
  for (const each of news) told.add(each);
  if (news.length) announce(news.join(". "));
}

function underline() {
  const spans = bars()
    .filter((bar) => !bar.matches(".promise-bar-off"))
    .flatMap((bar) => bar.dataset.spans.split(" ").filter(Boolean))
    .map((span) => span.split("-").map(Number));
  markWords(field(), spans);
}

function showTheirs(fresh) {
  for (const old of document.querySelectorAll("#timeline .they-promise")) {
    if (!fresh.querySelector(`[data-said="${old.dataset.said}"]`)) old.remove();
  }
  inPlace(() => {
    for (const line of [...fresh.children]) {
      const message = document.getElementById(line.dataset.of);
      if (!message || message.querySelector(`[data-said="${line.dataset.said}"]`)) continue;
      message.append(line);
      window.htmx?.process(line);
    }
  });
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(advise, AFTER_MS);
}

// A conversation was opened, or its composer came anew.
function begin() {
  if (begun === form()) return; // htmx says so once for each piece that it has put in its place
  begun = form();
  asking?.abort();
  if (!place()?.dataset.advice) return;
  asked = null;
  told = new Set();
  // The bar stands beside the text: what one sends before a pause is followed like an untouched bar.
  form().elements.namedItem("scripted").value = "yes";
  underline();
  advise();
}

/** The room for a bar is there before it is needed, so that nothing moves while one writes. */
function makeRoom() {
  if (!place()?.dataset.advice || place().matches(".promising-ready")) return;
  inPlace(() => place().classList.add("promising-ready"));
}

function decide(bar, { tracked, sure }) {
  bar.querySelector("[name^=track-]").checked = tracked;
  bar.classList.toggle("promise-bar-off", !tracked);
  bar.classList.toggle("promise-bar-sure", sure);
  underline();
}

/** Back to the words; by keys to the next promise that nobody has decided on. */
function goOn(event) {
  const next = bars().find((bar) => !bar.matches(".promise-bar-off, .promise-bar-sure"));
  const byKeys = event.detail === 0;
  ((byKeys && next?.querySelector("[data-tracks]")) || field()).focus();
}

const acts = {
  "[data-no-promise]": (bar, event) => {
    decide(bar, { tracked: false, sure: false });
    goOn(event);
  },
  "[data-tracks]": (bar, event) => {
    decide(bar, { tracked: true, sure: true });
    goOn(event);
  },
  "[data-undoes-advice]": (bar) => {
    decide(bar, { tracked: true, sure: false });
    bar.querySelector("[data-tracks]").focus();
  },
  "[data-opens-when]": (bar) => {
    const isOpen = bar.classList.toggle("promise-bar-open");
    bar.querySelector("[data-opens-when]").setAttribute("aria-expanded", isOpen);
    if (isOpen) bar.querySelector("[type=date]").focus();
    bar.scrollIntoView({ block: "nearest" });
  },
};

document.addEventListener("click", (event) => {
  if (event.target === place()) field().focus(); // the room for a bar, while there is none
  const bar = event.target.closest?.(".promise-bar");
  if (!bar) return;
  for (const [selector, act] of Object.entries(acts)) if (event.target.closest(selector)) act(bar, event);
});
document.addEventListener("change", (event) => event.target.closest?.(".promise-bar-when") && advise({ anew: true }));
document.addEventListener(
  "keydown",
  (event) => {
    // Enter in a field would send the form by its first button.
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches?.(".promise-bar :is(input, textarea)")) return;
    event.preventDefault();
    field().focus();
  },
);
document.addEventListener("input", (event) => event.target.id === "composer-text" && soon());
document.addEventListener("focusin", (event) => event.target.id === "composer-text" && makeRoom());
document.addEventListener("htmx:afterSettle", begin);
begin();

// News as it happens: one stream of topics; what changed is fetched again and put in its place.
// Nothing moves under the pointer: while someone is in the list, news waits on top of it.
import { announce } from "../../ui/js/announce.js";
import { hold } from "../../ui/js/focus.js";
import { saveAndHold, saveIfDirty } from "./composer.js";
import { markOpened } from "./inbox.js";
import { PAGE, knowNewest, leave, refreshColleagues, shown } from "./together.js";

const GATHER_MS = 150; // several topics of one happening make one fetch
const LONGEST_GATHER_MS = 5000;
const DONE = "done:"; // not from the stream: what one did oneself shows at once, wherever the pointer is
const SHOWN_AFTER_LEAVING_MS = 3000;
const rows = () => document.getElementById("rows");
const opened = () => document.getElementById("conversation");
const served = new WeakMap(); // how an element came from the server, whatever the page did to it since

function remember(root) {
  for (const element of root?.children ?? []) if (element.id && !served.has(element)) served.set(element, element.outerHTML);
}

async function fetched(url, piece, most) {
  const address = new URL(url, window.location.href);
  if (most) address.searchParams.set("most", most);
  address.searchParams.set("fragment", piece);
  let response;
  try {
    response = await fetch(address, { headers: { "HX-Request": "true" } });
  } catch {
    return null; // Goodword can't be reached: the stream comes back by itself and looks again
  }
  if (response.status === 401) window.location.reload();
  const isGone = response.status === 404 && piece === "timeline";
  if (!response.ok && !isGone) return null;
  if (response.redirected) {
    // A colleague joined this conversation with another: everything stands there now.
    if (!(await saveAndHold())) {
      setTimeout(refreshConversation, LONGEST_GATHER_MS);
      return null;
    }
    const there = new URL(response.url);
    there.searchParams.delete("fragment");
    window.location.assign(there);
    return null;
  }
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function put(old, fresh) {
  const html = fresh.outerHTML;
  if (served.get(old) === html) return old;
  const element = document.importNode(fresh, true);
  served.set(element, html);
  old.replaceWith(element);
  window.htmx?.process(element);
  if (old.matches("details.aside[open]")) element.open = true; // somebody reads it
  return element;
}

/** Make the children of `here` those of `there`, touching only what differs. */
function reconcile(here, there) {
  remember(here);
  const known = new Map([...here.children].map((child) => [child.id, child]));
  let at = null;
  for (const fresh of there.children) {
    let element = fresh.id ? known.get(fresh.id) : null;
    if (element) {
      known.delete(fresh.id);
      element = put(element, fresh);
    } else {
      element = document.importNode(fresh, true);
      served.set(element, fresh.outerHTML);
    }
    const isNew = !element.isConnected;
    const next = at ? at.nextElementSibling : here.firstElementChild;
    if (next !== element) here.insertBefore(element, next);
    if (isNew) window.htmx?.process(element); // where it stands says what its links do
    at = element;
  }
  while (at ? at.nextElementSibling : here.firstElementChild) (at ? at.nextElementSibling : here.firstElementChild).remove();
}

function keepingFocus(place, draw) {
  if (!place.matches(":focus-within")) {
    draw();
    return;
  }
  const giveBack = hold(() => place.focus({ preventScroll: true })); // a list gives it to the row that took its place
  draw();
  giveBack();
}

// The list

const idsOf = (list) => [...list.querySelectorAll(":scope > [data-row]")].map((row) => row.id);
const isInUse = () => rows().matches(":hover, :focus-within") || rows().scrollTop > 0;
const isStill = () => "still" in document.getElementById("list").dataset || document.querySelectorAll("#rows > [data-row]").length > 50;

function showNews(count) {
  const news = document.getElementById("news");
  const { one, many, changed } = news.dataset;
  const words = count === 0 ? changed : count === 1 ? one : many.replace("%(n)s", count);
  if (!news.hidden && news.textContent === words) return;
  news.textContent = words;
  news.hidden = false;
  announce(words);
}

function applyList(fresh, force) {
  const list = rows();
  const [before, after] = [idsOf(list), idsOf(fresh)];
  const moves = before.join() !== after.join();
  const mayMove = force || (!isInUse() && !isStill());
  if (moves && !mayMove) {
    for (const row of fresh.querySelectorAll(":scope > [data-row]")) {
      const old = document.getElementById(row.id);
      remember(list);
      if (old && !old.matches(":focus-within")) put(old, row);
    }
    showNews(after.filter((id) => !before.includes(id)).length);
  } else {
    keepingFocus(list, () => reconcile(list, fresh));
    document.getElementById("news").hidden = true;
    const news = after.filter((id) => !before.includes(id)).length;
    if (news && !force) announce(document.getElementById("news").dataset[news === 1 ? "one" : "many"].replace("%(n)s", news));
  }
  markOpened();
}

// While an act of one's own is under way its button must stay where it is: htmx finds the person's pane from there.
// So must what is just pressed: were it drawn anew before the release, the click would go to nobody.
let underWay = 0;
const mustStay = () => underWay > 0 || document.querySelector(":active") !== null;
document.addEventListener("htmx:beforeSend", ({ detail: { target, xhr } }) => {
  if (target?.id !== "conversation") return;
  underWay += 1;
  // Not htmx:afterRequest: what is refused is drawn elsewhere, and its target has changed by then.
  xhr.addEventListener("loadend", () => (underWay -= 1), { once: true });
});

async function refreshList(force = false) {
  const pane = document.getElementById("list");
  if (!pane) {
    document.dispatchEvent(new CustomEvent("goodword:changed"));
    return;
  }
  const begun = performance.now();
  const page = await fetched(pane.dataset.url, "list", pane.dataset.most);
  took = performance.now() - begun;
  if (!page) return;
  if (mustStay()) {
    gather(force ? DONE : "inbox:");
    return;
  }
  const nav = document.getElementById("nav");
  const counts = page.getElementById("nav");
  if (nav && counts && !nav.matches(":focus-within")) put(nav, counts);
  if (document.getElementById("list") === pane) applyList(page.getElementById("rows"), force);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#news")) {
    event.preventDefault();
    rows().scrollTop = 0;
    refreshList(true);
  }
});
document.addEventListener("mouseleave", (event) => {
  if (event.target.id !== "rows") return;
  setTimeout(() => document.getElementById("news")?.hidden === false && rows() && !isInUse() && !isStill() && refreshList(), SHOWN_AFTER_LEAVING_MS);
}, true);

// The open conversation; never its composer

/** It was moved out of sight, or is gone for good: nothing of it stays on screen but one's own words. */
function showGone(pane, gone) {
  const unsent = document.getElementById("composer-text")?.value.trim();
  leave();
  delete pane.dataset.id;
  pane.replaceChildren(document.importNode(gone, true));
  document.getElementById("person")?.replaceChildren();
  if (unsent) {
    pane.querySelector("[data-unsent]").hidden = false;
    pane.querySelector("textarea").value = unsent;
  }
  markOpened();
  announce(gone.querySelector("h1").textContent);
}

let isBehind = false; // its head or the person was in use when there was news: it comes once that has ended
const isUsed = (element) => element.matches(":focus-within") || element.querySelector("details[open]") !== null;
for (const kind of ["focusout", "toggle"])
  document.addEventListener(kind, (event) => {
    const place = isBehind && event.target.closest?.("#head, #person");
    if (place) setTimeout(() => opened()?.dataset.id && !isUsed(place) && gather(`conversation:${opened().dataset.id}`));
  }, true);

async function refreshConversation() {
  const pane = opened();
  if (!pane?.dataset.id) return;
  const all = new URLSearchParams(window.location.search).has("all");
  const page = await fetched(all ? `${pane.dataset.url}&all=1` : pane.dataset.url, "timeline");
  if (!page || opened() !== pane) return;
  if (page.getElementById("gone")) {
    showGone(pane, page.getElementById("gone"));
    return;
  }
  if (mustStay()) {
    gather(`conversation:${pane.dataset.id}`);
    return;
  }
  const timeline = document.getElementById("timeline");
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 80;
  const before = timeline.querySelectorAll(".message").length;
  isBehind = false;
  for (const id of ["head", "person"]) {
    const element = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!element || !fresh) continue;
    if (isUsed(element)) isBehind = true;
    else put(element, fresh);
  }
  const fresh = page.getElementById("timeline");
  timeline.dataset.newest = fresh.dataset.newest;
  keepingFocus(timeline, () => reconcile(timeline, fresh));
  knowNewest();
  shown();
  if (atEnd) timeline.scrollTop = timeline.scrollHeight;
  if (timeline.querySelectorAll(".message").length > before) announce(pane.dataset.newWords);
}

// What I did myself shows at once in the list beside it.
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig, target } = event.detail;
  if (successful && requestConfig?.verb === "post" && target?.id === "conversation" && rows()) refreshList(true);
});
document.addEventListener("goodword:done", () => rows() && refreshList(true)); // several at once
document.addEventListener("goodword:left", () => setTimeout(refreshConversation, 2500));
document.addEventListener("goodword:said", refreshConversation);

// The stream

let took = 0; // the last list; a server that is busy is asked less often, by every page alike
const waiting = new Set();
let gathering = 0;

function gather(topic) {
  waiting.add(topic);
  if (document.hidden) return; // nobody looks: once for all that happened, when somebody does
  gathering ||= setTimeout(() => {
    gathering = 0;
    if (mustStay()) {
      gather(topic);
      return;
    }
    const topics = [...waiting];
    waiting.clear();
    if (topics.some((each) => !each.startsWith("conversation:"))) {
      refreshList(topics.includes(DONE));
      document.dispatchEvent(new CustomEvent("goodword:counts"));
    }
    const id = opened()?.dataset.id;
    if (id && topics.includes(`conversation:${id}`)) refreshConversation();
  }, Math.min(Math.max(GATHER_MS, 2 * took), LONGEST_GATHER_MS));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && waiting.size) gather([...waiting][0]);
});

/** A colleague begins to write in a conversation, or nobody does any more; nothing is fetched for it. */
function markWriting(id, isWritten) {
  const row = document.getElementById(`row-${id}`);
  const mark = row?.querySelector(".row-writing");
  if (mark && !isWritten) mark.remove();
  else if (row && !mark && isWritten) row.querySelector(".row-who").after(document.getElementById("row-writing").content.cloneNode(true));
}

let stream = null;
function listen() {
  stream?.close();
  // What happened between making the page and opening the stream is told at once.
  const since = document.getElementById("app")?.dataset.newestEvent ?? "";
  stream = new EventSource(`/events/?since=${since}&page=${PAGE}&at=${opened()?.dataset.id ?? ""}`);
  stream.addEventListener("topic", (event) => {
    if (event.data === "notices") document.dispatchEvent(new CustomEvent("goodword:notices"));
    else if (event.data.startsWith("presence:")) refreshColleagues(event.data.slice("presence:".length));
    else if (/^(writing|quiet):/.test(event.data)) markWriting(event.data.split(":")[1], event.data.startsWith("w"));
    else gather(event.data);
  });
  let wasLost = false;
  stream.addEventListener("open", () => {
    // What was missed meanwhile is replayed by its id; after a long gap everything is looked at once.
    if (wasLost) {
      saveIfDirty(); // what was written meanwhile
      gather("inbox:");
      if (opened()?.dataset.id) gather(`conversation:${opened().dataset.id}`);
    }
    wasLost = false;
  });
  stream.addEventListener("error", () => {
    wasLost = true;
    for (const mark of document.querySelectorAll(".row-writing")) mark.remove(); // nobody says when they end
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 10000);
  });
}
// A menu of a message is filled when somebody reaches for it, so what came is noted before that.
document.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "conversation" && remember(document.getElementById("timeline")));
if (rows() || document.getElementById("nav")) {
  remember(rows());
  remember(document.getElementById("timeline"));
  listen();
  window.addEventListener("pagehide", () => stream?.close());
  window.addEventListener("pageshow", (event) => event.persisted && listen());
}

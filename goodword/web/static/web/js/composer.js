// The draft is saved as it is written; files go up at once; a sent answer counts down to its leaving.
// The form does all of it by itself, button by button, where scripts don't run.
import { announce } from "../../ui/js/announce.js";

const SAVE_AFTER_MS = 1500;
const form = () => document.getElementById("composer");
let timer = 0;
let last = Promise.resolve(); // one request at a time, so that an older text never overwrites a newer
let isDirty = false;

function say(text) {
  const state = document.getElementById("composer-state");
  if (state && text) state.textContent = text;
}

function sayWrong(text) {
  const errors = document.getElementById("composer-errors");
  if (!errors) return;
  const item = document.createElement("li");
  item.textContent = text;
  errors.replaceChildren(item);
  errors.hidden = false;
}

/** Whom it goes to, as the server reads what is typed. */
function sayWhom(answer) {
  const words = answer.querySelector("template[data-whom]");
  const [shown, marks] = ["composer-whom", "composer-marks"].map((id) => document.getElementById(id));
  if (!words || !shown) return;
  const said = words.content.textContent.trim();
  if (shown.textContent !== said) shown.textContent = said;
  shown.closest("summary").title = words.title;
  const fresh = answer.getElementById("composer-marks");
  if (marks.innerHTML !== fresh.innerHTML) marks.replaceChildren(...fresh.childNodes);
  marks.hidden = fresh.hidden;
  words.remove();
  fresh.remove();
}

function contentOf(composer, changes) {
  const content = new FormData(composer);
  content.delete("attached");
  for (const [name, value] of Object.entries(changes)) content.set(name, value);
  return content;
}

/** The form as it is, with `named` files ([field, file]); `progress` is told how much of it is up, from 0 to 1. */
function sendUp(composer, named, progress) {
  const content = contentOf(composer, {});
  for (const [name, file] of named) content.append(name, file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", composer.dataset.draftUrl);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("loadend", () => resolve(request));
    request.send(content);
  });
}

async function postFiles(composer, named, progress) {
  const request = await sendUp(composer, named, progress);
  if (!request.status) {
    isDirty = true;
    sayWrong(composer.dataset.unsaved);
    return false;
  }
  return took(composer, { ok: request.status < 400, words: request.responseText, isAboutFiles: true });
}

/** Add files to the draft; true once they are there. */
export function saveFiles(named, progress) {
  clearTimeout(timer);
  const composer = form();
  isDirty = false;
  const done = last.then(() => postFiles(composer, named, progress));
  last = done;
  return done;
}
saveFiles.sayWrong = (words) => words && sayWrong(words);

async function post(composer, changes) {
  const content = contentOf(composer, changes);
  let response;
  try {
    response = await fetch(composer.dataset.draftUrl, { method: "POST", body: content, headers: { "HX-Request": "true" }, keepalive: (content.get("text")?.length ?? 0) < 20000 });
  } catch {
    isDirty = true;
    say(composer.dataset.unsaved);
    return;
  }
  took(composer, { ok: response.ok, words: await response.text(), isAboutFiles: "take_out" in changes });
}

/** What the server says of what was sent; whether it took it. */
function took(composer, { ok, words, isAboutFiles }) {
  const answer = new DOMParser().parseFromString(words, "text/html");
  if (!ok) {
    const errors = [...answer.querySelectorAll("#composer-errors li, #composer-to-errors li")].map((item) => item.textContent.trim());
    sayWrong(errors.join(" ") || composer.dataset.tooBig);
    return false;
  }
  if (composer !== form()) return false; // another conversation was opened meanwhile
  say(answer.querySelector("[data-saved]")?.textContent.trim());
  sayWhom(answer);
  if (isAboutFiles) {
    const kept = document.getElementById("draft-kept");
    kept.replaceChildren(...answer.body.childNodes);
    document.getElementById("composer-errors").hidden = true;
  }
  return true;
}

function save(changes = {}) {
  clearTimeout(timer);
  const composer = form();
  if (!composer) return last;
  isDirty = false;
  last = last.then(() => post(composer, changes));
  return last;
}

/** What is written and not kept yet; resolves once it is. */
export const saveIfDirty = () => (isDirty ? save() : last);

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#composer") || event.target.type === "file") return;
  isDirty = true;
  clearTimeout(timer);
  timer = setTimeout(saveIfDirty, SAVE_AFTER_MS);
});
document.addEventListener("focusout", (event) => {
  if (event.target.closest?.("#composer")) saveIfDirty();
});
document.addEventListener("visibilitychange", () => document.hidden && saveIfDirty());
window.addEventListener("pagehide", saveIfDirty);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#composer [data-removes]");
  if (!button) return;
  event.preventDefault();
  save({ take_out: button.value });
});

// Turning to another kind of answer fetches its draft. What is typed meanwhile is meant for it: were it not caught,
// the letters would be shortcuts, and Ctrl+Enter would send the answer that was open before.
const LONGEST_TURN_MS = 5000;
let caught = null; // {text, sends} while a turn is under way
document.addEventListener(
  "keydown",
  (event) => {
    if (!caught || event.isComposing || event.altKey) return;
    const isEnter = event.key === "Enter";
    if (event.ctrlKey || event.metaKey) {
      if (!isEnter) return;
      caught.sends = true;
    } else if (isEnter || event.key.length === 1) caught.text += isEnter ? "\n" : event.key;
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
document.addEventListener("htmx:afterSettle", () => {
  if (!caught || !form()) return;
  const { text, sends } = caught;
  caught = null;
  const field = document.getElementById("composer-text");
  if (text) {
    field.setRangeText(text, field.selectionEnd, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (sends) form().querySelector(".composer-send .button-filled").click();
});

// Sending waits for a save that is under way; otherwise that would bring the draft back.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.elt.closest?.("#composer") || event.detail.verb === "get") return;
  if (["switch", "insert"].includes(event.detail.elt.name)) {
    if (event.detail.elt.hasAttribute("aria-current")) {
      event.preventDefault(); // one is there already
      document.getElementById("composer-text").focus();
      return;
    }
    caught = { text: "", sends: false };
    setTimeout(() => (caught = null), LONGEST_TURN_MS);
  }
  clearTimeout(timer);
  isDirty = false;
  event.preventDefault();
  last.then(() => event.detail.issueRequest(true));
});
// Another conversation is opened: what was written here is saved first.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "conversation" && !event.detail.elt.closest?.("#composer")) saveIfDirty();
});

// Ctrl or ⌘ with Enter sends (a data-key in the markup); here only what is typed in the single-line fields.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#composer")) event.target.blur();
});

// "Leaves in 8 s": counted down here, decided by the server.
function filled(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

function countDown() {
  for (const item of document.querySelectorAll("[data-leaves]")) {
    const seconds = Math.ceil((Date.parse(item.dataset.leaves) - Date.now()) / 1000);
    const words = item.querySelector("[data-leaves-in]");
    if (seconds > 0) {
      words.textContent = filled(item.dataset.leavesWords, { n: seconds });
      continue;
    }
    words.textContent = item.dataset.leavingWords;
    item.removeAttribute("data-leaves");
    item.querySelector("form")?.remove();
    announce(item.dataset.leavingWords);
    document.dispatchEvent(new CustomEvent("goodword:left"));
  }
}
setInterval(countDown, 500);

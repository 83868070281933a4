// The draft is saved as it is written; files go up at once.
// The form does all of it by itself, button by button, where scripts don't run.
import { showToast } from "../../ui/js/toasts.js";

const SAVE_AFTER_MS = 1500;
const AGAIN_AFTER_MS = 5000;
const HEADS = ["to", "cc", "bcc", "sender"];
const form = () => document.getElementById("composer");
let timer = 0;
let last = Promise.resolve(); // one request at a time, so that an older text never overwrites a newer
let isDirty = false;

function say(text, { isUnsaved = false } = {}) {
  const state = document.getElementById("composer-state");
  if (!state || !text) return;
  state.textContent = text;
  state.classList.toggle("composer-unsaved", isUnsaved);
}

export function sayWrong(text) {
  const errors = document.getElementById("composer-errors");
  if (!errors || !text) return;
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

// What this page takes for the draft goes along with every save: the server then keeps words that stand in the draft
// and not here, as after a join. While an answer is awaited, or when it was lost, either text may be the draft.
const MOST_UNSURE = 4;
const known = (composer) => [...composer.querySelectorAll("[name=saved]")];

function mayBeSaved(composer, text) {
  const [first, ...unsure] = known(composer);
  if (!first || known(composer).some((each) => each.value === text)) return;
  if (unsure.length >= MOST_UNSURE) unsure[0].remove();
  const field = first.cloneNode();
  field.value = text;
  (unsure.at(-1) ?? first).after(field);
}

function isSaved(composer, text) {
  const [first, ...unsure] = known(composer);
  if (first) first.value = text;
  for (const each of unsure) each.remove();
}

/** More of one's words stand in the draft than here: `text`, which was sent, and what is written since, among them.
 * It is for whom the draft says. */
function showAll(composer, text, joined) {
  const field = composer.elements.text;
  const all = joined.content.textContent;
  for (const name of HEADS) if (composer.elements[name]) composer.elements[name].value = joined.dataset[name];
  const before = Math.max(all.indexOf(text), 0);
  const [start, end] = [field.selectionStart + before, field.selectionEnd + before];
  field.value = all.includes(text) ? all.slice(0, before) + field.value + all.slice(before + text.length) : all;
  field.setSelectionRange(start, end);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function contentOf(composer, changes) {
  const content = new FormData(composer);
  content.delete("attached");
  for (const [name, value] of Object.entries(changes)) content.set(name, value);
  mayBeSaved(composer, content.get("text"));
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
  const { value: text } = composer.elements.text;
  const request = await sendUp(composer, named, progress);
  if (!request.status) {
    isDirty = true;
    sayWrong(composer.dataset.unsaved);
    return false;
  }
  return took(composer, { ok: request.status < 400, words: request.responseText, text, isAboutFiles: true });
}

let saving = 0; // saves that are on their way
let savedAt = -1;

async function counted(done) {
  saving += 1;
  try {
    return await done;
  } finally {
    saving -= 1;
    savedAt = performance.now();
  }
}

let filesLost = 0;

/** Add files to the draft; true once they are there. */
export function saveFiles(named, progress) {
  clearTimeout(timer);
  const composer = form();
  isDirty = false;
  const done = last.then(() => postFiles(composer, named, progress));
  last = counted(done).then((isThere) => {
    if (!isThere) filesLost += 1;
  });
  return done;
}

async function post(composer, changes) {
  const content = contentOf(composer, changes);
  const text = content.get("text");
  const keepalive = [text, ...content.getAll("saved")].join("").length < 20000;
  let answer;
  try {
    const response = await fetch(composer.dataset.draftUrl, { method: "POST", body: content, headers: { "HX-Request": "true" }, keepalive });
    answer = { ok: response.ok, words: await response.text(), text, isAboutFiles: "take_out" in changes };
  } catch {
    say(composer.dataset.unsaved, { isUnsaved: true });
    if (composer === form()) isDirty = true;
    else setTimeout(() => (last = last.then(() => post(composer, changes))), AGAIN_AFTER_MS); // it was left: nobody types there
    return;
  }
  took(composer, answer);
}

function showFiles(answer) {
  for (const each of answer.querySelectorAll("template, #composer-marks")) each.remove(); // about the rest of the form
  document.getElementById("draft-kept").replaceChildren(...answer.body.childNodes);
}

/** What the server says of what was sent; whether it took it. */
function took(composer, { ok, words, text, isAboutFiles }) {
  const answer = new DOMParser().parseFromString(words, "text/html");
  if (!ok) {
    const errors = [...answer.querySelectorAll("#composer-errors li, #composer-to-errors li")].map((item) => item.textContent.trim());
    sayWrong(errors.join(" ") || (isAboutFiles ? composer.dataset.tooBig : composer.dataset.unsaved));
    if (composer === form()) isDirty = true;
    return false;
  }
  if (composer !== form()) {
    // Another conversation was opened meanwhile, or an act drew this one anew: there its files are shown.
    if (isAboutFiles && draftOf(composer) === draftOf(form())) showFiles(answer);
    return true;
  }
  const joined = answer.querySelector("template[data-joined]");
  isSaved(composer, joined?.content.textContent ?? text);
  if (joined) showAll(composer, text, joined);
  joined?.remove();
  say(answer.querySelector("[data-saved]")?.textContent.trim());
  sayWhom(answer);
  if (isAboutFiles) {
    showFiles(answer);
    document.getElementById("composer-errors").hidden = true;
  }
  return true;
}

function save(changes = {}) {
  clearTimeout(timer);
  const composer = form();
  if (!composer) return last;
  isDirty = false;
  last = counted(last.then(() => post(composer, changes)));
  return last;
}

/** What is written and not kept yet; resolves once it is. */
export const saveIfDirty = () => (isDirty ? save() : last);

let held = null; // the composer that takes nothing more in

function hold(composer) {
  held = composer;
  for (const field of composer?.querySelectorAll("textarea, input") ?? []) field.readOnly = true;
  // A list has no readOnly, and one that is disabled is not sent: nothing else can be chosen in it.
  for (const each of composer?.querySelectorAll("option") ?? []) each.disabled = !each.selected;
}
function letGo() {
  for (const field of held?.querySelectorAll("textarea, input") ?? []) field.readOnly = false;
  for (const each of held?.querySelectorAll("option") ?? []) each.disabled = false;
  held = null;
}
for (const kind of ["click", "paste", "drop"])
  document.addEventListener(
    kind,
    (event) => {
      if (!held?.contains(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

/** Before the page goes by itself: nothing more is taken in, so that all of it is kept. Whether it is. */
export async function saveAndHold() {
  hold(form());
  await saveIfDirty();
  if (isDirty) letGo();
  return !isDirty;
}

/** What was said of the words that stood in this field. */
function unsay(field) {
  for (const mark of ["aria-invalid", "aria-describedby"]) field.removeAttribute(mark);
  const errors = document.getElementById("composer-to-errors");
  for (const item of errors?.querySelectorAll(`[data-of="${field.name}"]`) ?? []) item.remove();
  if (!errors?.children.length) errors?.remove();
}

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#composer") || event.target.type === "file") return;
  isDirty = true;
  if (HEADS.includes(event.target.name)) unsay(event.target);
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
  if (event.detail.elt === form()) send(event.detail);
  else last.then(() => event.detail.issueRequest(true));
});

/** What is sent is what stands there now: while it is on its way nothing is added that would be left behind as a draft. */
async function send({ issueRequest }) {
  const composer = form();
  if (composer === held) return; // pressed twice
  hold(composer);
  if (composer.querySelector(".file-uploading")) say(composer.querySelector("[data-waits]").dataset.waits);
  const before = filesLost;
  await last;
  if (composer !== form()) {
    if (held !== composer) return; // pressed once more, in what was drawn since
    letGo();
    showToast("refused", composer.dataset.unsent); // what stands there now, nobody has looked at
  } else if (filesLost === before) issueRequest(true);
  else {
    isDirty = true; // it does not leave without its file; why it has none is said
    letGo();
  }
}
for (const end of ["htmx:afterRequest", "htmx:validation:halted"])
  document.addEventListener(end, (event) => held && event.detail.elt === held && letGo());
// Another conversation is opened: what was written here is saved first.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "conversation" && !event.detail.elt.closest?.("#composer")) saveIfDirty();
});

// What is sent by a button may be the draft from then on; where that failed, nobody knows.
const sentFrom = ({ requestConfig }) => (requestConfig.verb === "get" ? null : requestConfig.elt.closest("#composer"));
document.addEventListener("htmx:beforeSend", (event) => {
  const composer = sentFrom(event.detail);
  if (composer) mayBeSaved(composer, composer.elements.text.value);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const composer = sentFrom(event.detail);
  if (composer && composer === form() && !event.detail.successful) isDirty = true;
});
// An act draws the same conversation anew: what was written while it was under way stands there still.
const draftOf = (composer) => `${composer?.dataset.draftUrl.split("?")[0]} ${composer?.elements.mode.value}`;
let left = null;
let leftUnsaved = false;
const begunAt = new WeakMap(); // requests that draw it anew: what is saved since may be missing in the answer
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "conversation") begunAt.set(event.detail.xhr, performance.now());
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (target?.id !== "conversation") return;
  left = requestConfig?.elt?.closest?.("#composer") ? null : form();
  leftUnsaved = isDirty || saving > 0 || savedAt >= begunAt.get(xhr);
  if (left && isDirty) save();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const [before, now] = [left, form()];
  if (event.detail.target?.id !== "conversation" || !before || !now || before === now) return;
  left = null;
  const [field, text] = [now.elements.text, before.elements.text.value];
  const isOlder = known(before).some((each) => each.value === field.value);
  const isWrittenOn = text === field.value ? leftUnsaved : isOlder; // with the same words it may be for somebody else
  if (draftOf(before) !== draftOf(now) || !isWrittenOn) return;
  for (const each of [...known(before).map((saved) => saved.value), text]) mayBeSaved(now, each);
  for (const name of HEADS) if (now.elements[name] && before.elements[name]) now.elements[name].value = before.elements[name].value;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// Ctrl or ⌘ with Enter sends (a data-key in the markup); here only what is typed in the single-line fields.
document.addEventListener("keydown", (event) => {
  // A menu that it closed has the focus at its button by now.
  if (event.key !== "Escape" || event.defaultPrevented || document.activeElement !== event.target || !event.target.closest("#composer")) return;
  // To what was said, not nowhere: from there a screen reader goes on, and Tab.
  const timeline = document.getElementById("timeline");
  if (timeline) timeline.focus({ preventScroll: true });
  else event.target.blur();
});

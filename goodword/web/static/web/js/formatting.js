// Marks in the text: bold, a link, a list, a quote, code. What is typed stays text; "As they see it" shows what becomes
// of it. Typing goes through insertText, so that the browser's own undo knows it.
import { announce } from "../../ui/js/announce.js";
import { showToast } from "../../ui/js/toasts.js";

const form = () => document.getElementById("composer");
const field = () => document.getElementById("composer-text");
const isReply = () => form()?.elements.mode.value !== "note";

/** Put `text` in place of [from, until], as if it were typed; the cursor or the selection goes to `select`. */
export function type(text, from = field().selectionStart, until = field().selectionEnd, select = null) {
  const here = field();
  here.focus();
  here.setSelectionRange(from, until);
  const before = here.value;
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done && here.value === before && (text || from !== until)) {
    here.setRangeText(text, from, until, "end");
    here.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (select) here.setSelectionRange(...select);
}

function around(mark) {
  const { selectionStart: from, selectionEnd: until, value } = field();
  const inside = value.slice(from, until);
  const n = mark.length;
  if (value.slice(from - n, from) === mark && value.slice(until, until + n) === mark) {
    type(inside, from - n, until + n, [from - n, until - n]); // pressed again, it goes
    return;
  }
  type(`${mark}${inside}${mark}`, from, until, [from + n, until + n]);
}

function link() {
  const { selectionStart: from, selectionEnd: until, value } = field();
  const inside = value.slice(from, until).trim();
  const isAddress = /^(https?:\/\/|mailto:)\S+$/i.test(inside);
  const [words, address] = isAddress ? ["", inside] : [inside, "https://"];
  const made = `[${words}](${address})`;
  const start = from + 1;
  const addressAt = start + words.length + 2;
  type(made, from, until, words ? [addressAt, addressAt + address.length] : [start, start]);
}

function lines(prefix) {
  const { selectionStart, selectionEnd, value } = field();
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const until = end < 0 ? value.length : end;
  const rows = value.slice(from, until).split("\n");
  const all = rows.every((row) => row.startsWith(prefix));
  const made = rows.map((row) => (all ? row.slice(prefix.length) : prefix + row)).join("\n");
  type(made, from, until, rows.length > 1 ? [from, from + made.length] : [from + made.length, from + made.length]);
}

function code() {
  const { selectionStart: from, selectionEnd: until, value } = field();
  const inside = value.slice(from, until);
  if (!inside.includes("\n")) return around("`");
  type(`\`\`\`\n${inside}\n\`\`\``, from, until, [from + 4, until + 4]);
}

const writes = { bold: () => around("**"), link, list: () => lines("- "), quote: () => lines("> "), code };

// A list goes on with Enter, and ends with Enter on an empty item.
const ITEM = /^(\s{0,3})([-*]|(\d{1,3})([.)]))(\s+)(.*)$/;
function goOn() {
  const { selectionStart: at, selectionEnd, value } = field();
  if (at !== selectionEnd) return false;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const found = ITEM.exec(value.slice(from, at));
  if (!found) return false;
  const [, indent, mark, number, dot, gap, words] = found;
  if (!words.trim()) type("", from, at);
  else type(`\n${indent}${number ? `${Number(number) + 1}${dot}` : mark}${gap}`);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "composer-text" || event.target.readOnly || event.isComposing || event.altKey || !isReply()) return;
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const isDone =
    (mod && !event.shiftKey && key === "b" && (writes.bold(), true)) ||
    (mod && event.shiftKey && key === "k" && (writes.link(), true)) ||
    (!mod && !event.shiftKey && event.key === "Enter" && !event.defaultPrevented && goOn());
  if (!isDone) return;
  event.preventDefault();
  event.stopPropagation(); // mod+k would open the palette
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#composer [data-writes]");
  if (!button) return;
  button.closest("details").open = false;
  hidePreview();
  writes[button.dataset.writes]();
});

// As they see it: over the text, until one writes on.
const shownPreview = () => form()?.querySelector(".preview");

function hidePreview() {
  const shown = shownPreview();
  if (!shown) return;
  shown.remove();
  form().querySelector(".writing").classList.remove("writing-previewed");
  field().focus();
}

async function preview(button) {
  button.closest("details").open = false;
  if (shownPreview()) return hidePreview();
  const composer = form();
  const content = new FormData(composer);
  for (const name of ["attached", "pictured"]) content.delete(name);
  let response;
  try {
    response = await fetch(composer.dataset.draftUrl.replace("/draft/", "/preview/"), { method: "POST", body: content, headers: { "HX-Request": "true" } });
  } catch {
    showToast("unreached");
    return;
  }
  if (!response.ok) showToast("refused");
  if (!response.ok || composer !== form()) return;
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  const place = document.createElement("div");
  place.className = "preview";
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", button.textContent.trim());
  place.append(...answer.body.childNodes);
  const writing = composer.querySelector(".writing");
  writing.classList.add("writing-previewed");
  writing.append(place);
  place.focus();
  announce(button.textContent.trim());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#composer [data-previews]");
  if (button) preview(button);
  else if (event.target.closest?.("#composer .preview") && !event.target.closest("a")) hidePreview();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#composer .preview") || ["Tab", "Shift"].includes(event.key)) return;
  if (event.key.startsWith("Arrow") || event.key.startsWith("Page")) return;
  hidePreview(); // and what is typed goes to the text
});

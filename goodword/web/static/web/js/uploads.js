// Files of a draft: attached, dropped or pasted. Pictures that are pasted or dropped into the text stand in it. What is
// too large is said before it goes up; the rest goes up at once, with how far it is.
import { saveFiles, sayWrong } from "./composer.js";
import { type } from "./formatting.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const form = () => document.getElementById("composer");
const field = () => document.getElementById("composer-text");
const MB = 1024 * 1024;

function filled(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

/** Those of `files` that fit; what is said about the others. */
function fitting(files, { most, mostTogether, tooLarge, tooMuch }) {
  const held = [...form().querySelectorAll(".draft-files [data-size]")].reduce((sum, each) => sum + Number(each.dataset.size), 0);
  let room = mostTogether * MB - held;
  const [kept, wrong] = [[], []];
  for (const file of files) {
    if (file.size > most * MB) wrong.push(filled(tooLarge, { name: file.name, most }));
    else if (file.size > room) wrong.push(filled(tooMuch, { most: mostTogether }));
    else {
      room -= file.size;
      kept.push(file);
    }
  }
  return { kept, wrong: [...new Set(wrong)] };
}

function showUnderWay(files) {
  const kept = document.getElementById("draft-kept");
  const list = kept.querySelector(".draft-files") ?? kept.appendChild(Object.assign(document.createElement("ul"), { className: "files draft-files" }));
  const item = document.createElement("li");
  item.className = "file file-uploading";
  const name = document.createElement("span");
  name.textContent = files.map((file) => file.name).join(", ");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name.textContent);
  item.append(name, bar);
  list.append(item);
  return {
    progress: (done) => (bar.value = done),
    end: () => {
      item.remove();
      if (!list.children.length) list.remove();
    },
  };
}

const marks = () => [...form().querySelectorAll(".draft-files [data-mark]")].map((each) => each.dataset.mark);

/** Whether the cursor stands behind words: a picture begins a paragraph of its own. */
function isInALine() {
  const before = field().value.slice(0, field().selectionStart);
  return before !== "" && !before.endsWith("\n");
}

/** Let `files` go up; those that `inline` names are put into the text where the cursor is. */
export async function add(files, { inline = () => false } = {}) {
  const composer = form();
  const input = composer.querySelector("[data-uploads]");
  const { kept, wrong } = fitting(files, { ...input.dataset, most: Number(input.dataset.most), mostTogether: Number(input.dataset.mostTogether) });
  sayWrong(wrong.join(" "));
  if (!kept.length) return;
  const before = marks();
  const under = showUnderWay(kept);
  const named = kept.map((file) => [inline(file) ? "pictured" : "attached", file]);
  const isDone = await saveFiles(named, under.progress);
  under.end();
  if (!isDone || composer !== form()) return;
  sayWrong(wrong.join(" "));
  const fresh = marks().filter((mark) => !before.includes(mark));
  if (fresh.length) type(`${isInALine() ? "\n\n" : ""}${fresh.join("\n")}`);
}

const isPicture = (file) => PICTURES.includes(file.type) && form().elements.mode.value !== "note";

document.addEventListener("change", async (event) => {
  if (!event.target.matches?.("#composer [data-uploads]") || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  await add(files);
});
document.addEventListener("paste", (event) => {
  if (event.target.id !== "composer-text") return;
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || event.clipboardData.types.includes("text/plain")) return; // words come before their picture
  event.preventDefault();
  add(files, { inline: isPicture });
});
document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files") || !event.target.closest?.("#composer")) return;
  event.preventDefault();
  form().classList.add("composer-dropping");
});
for (const end of ["dragleave", "drop"]) {
  document.addEventListener(end, (event) => !event.relatedTarget?.closest?.("#composer") && form()?.classList.remove("composer-dropping"));
}
document.addEventListener("drop", (event) => {
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!files.length || !event.target.closest?.("#composer")) return;
  event.preventDefault();
  add(files, { inline: isPicture });
});

// A picture that is taken out goes from the text as well.
document.addEventListener(
  "click",
  (event) => {
    const mark = event.target.closest?.("#composer [data-removes]")?.closest("[data-mark]")?.dataset.mark;
    const at = mark ? field().value.indexOf(mark) : -1;
    if (at >= 0) type("", at, at + mark.length);
  },
  true,
);

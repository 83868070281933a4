// While an answer is written: their questions, and the promises in it. A pause asks the server, which reads the
// draft and forgets it; a person decides. Without scripts the same is shown as a step before sending.
import { announce } from "../../ui/js/announce.js";

const AFTER_MS = 700;
const LONGEST = 200_000; // characters; longer drafts are looked at when they are sent
const form = () => document.getElementById("composer");
const place = () => document.getElementById("promising");
let timer = 0;
let asked = null; // the text that was asked about last

async function advise() {
  const composer = form();
  const here = place();
  const text = document.getElementById("composer-text")?.value ?? "";
  if (!composer || !here?.dataset.advice || text === asked || text.length > LONGEST) return;
  asked = text;
  const content = new FormData(composer);
  content.delete("attached");
  let response;
  try {
    response = await fetch(here.dataset.advice, { method: "POST", body: content, headers: { "HX-Request": "true" } });
  } catch {
    return; // advice only: the next pause asks again
  }
  if (!response.ok || composer !== form() || text !== document.getElementById("composer-text").value) return;
  show(new DOMParser().parseFromString(await response.text(), "text/html"));
}

function show(answer) {
  for (const id of ["asked", "promising"]) {
    const fresh = answer.getElementById(id);
    const shown = document.getElementById(id);
    // What one is putting right at this moment stays as it is.
    if (!fresh || !shown || shown.contains(document.activeElement) || fresh.innerHTML === shown.dataset.shown) continue;
    const before = shown.querySelectorAll("[name=seen]").length;
    shown.dataset.shown = fresh.innerHTML;
    shown.replaceChildren(...fresh.childNodes);
    window.htmx?.process(shown);
    const now = shown.querySelectorAll("[name=seen]").length;
    if (now > before) announce([...shown.querySelectorAll(".promise-bar-word")].at(-1).textContent + " " + [...shown.querySelectorAll(".promise-bar-what")].at(-1).value);
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(advise, AFTER_MS);
}

function fresh() {
  asked = null;
  if (!place()) return;
  // The bar stands beside the text: what one sends before a pause is followed like an untouched bar.
  form().elements.namedItem("scripted").value = "yes";
  soon();
}

document.addEventListener("input", (event) => event.target.id === "composer-text" && soon());
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.querySelector?.("#composer") || event.detail.target?.id === "composer") fresh();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-no-promise]");
  if (!button) return;
  const bar = button.closest(".promise-bar");
  bar.querySelector("[name^=track-]").checked = false;
  bar.classList.add("promise-bar-off");
  document.getElementById("composer-text").focus();
  fresh(); // it is remembered for that sentence
});
fresh();

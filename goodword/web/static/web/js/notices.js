// My own notices: the bell as it is now, and the browser's notification while nobody looks at the page.
const GATHER_MS = 300;
let waiting = 0;

async function refresh() {
  waiting = 0;
  let response;
  try {
    response = await fetch("/notices/news/", { headers: { "HX-Request": "true" } });
  } catch {
    return; // Goodword can't be reached: the next news brings the bell up to date
  }
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["bell", "bell-link", "bell-tab"]) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!old || !fresh) continue;
    // Changed within: a link that has the focus keeps it.
    old.replaceChildren(...document.importNode(fresh, true).childNodes);
  }
  page.querySelectorAll("[data-shown]").forEach(show);
}

/** Once a notice and kind, whatever pages are open: the tag is the same in each of them. */
function show(link) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification("Goodword", { body: link.textContent, tag: link.dataset.shown });
  const address = link.getAttribute("href");
  shown.addEventListener("click", () => {
    window.focus();
    window.location.assign(address);
    shown.close();
  });
}

document.addEventListener("goodword:notices", () => (waiting ||= setTimeout(refresh, GATHER_MS)));

// "How you are told": the browser asks for its permission on a click, never by itself.
const box = document.querySelector("[data-asks-browser]");
if (box) {
  const hint = document.getElementById("browser-says");
  const says = (key) => (hint.textContent = hint.dataset[key]);
  const known = "Notification" in window;
  if (!known) says("unknown");
  else if (Notification.permission === "denied") says("denied");
  box.addEventListener("change", async () => {
    if (!box.checked || !known) return;
    const answer = await Notification.requestPermission();
    says(answer === "granted" ? "granted" : "denied");
  });
}

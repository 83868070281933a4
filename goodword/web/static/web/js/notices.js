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
  const sound = page.getElementById("bell-sound");
  if (sound) ring(sound.dataset.sounds);
}

/** A short soft sound for those who asked for it: once a notice, whatever pages are open. */
function ring(what) {
  if (localStorage.getItem("goodword-rang") === what) return;
  localStorage.setItem("goodword-rang", what);
  play();
}

function play() {
  let audio;
  try {
    audio = new AudioContext();
  } catch {
    return; // a browser without sound
  }
  const end = () => audio.close().catch(() => {});
  // Before anybody has pressed anything on the page a browser refuses: then it stays silent.
  if (audio.state === "suspended") return void end();
  const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
  const now = audio.currentTime;
  tone.frequency.setValueAtTime(660, now);
  tone.frequency.setValueAtTime(880, now + 0.09);
  loudness.gain.setValueAtTime(0, now);
  loudness.gain.linearRampToValueAtTime(0.08, now + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, now + 0.35);
  tone.connect(loudness).connect(audio.destination);
  tone.onended = end;
  tone.start(now);
  tone.stop(now + 0.36);
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

// "How you are told": the sound can be heard when it is chosen.
document.querySelector("[data-sounds-once]")?.addEventListener("change", (event) => event.target.checked && play());

// The browser asks for its permission on a click, never by itself.
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

// Keeps <time data-relative> true, minute by minute, within the day in which minutes and hours matter.
// The words come from the server, once on <body> (`ticking_words` in templatetags/ui.py); the steps are those of goodword/ui/times.py.

const HOUR = 60;
const EVEN_MINUTES = 3 * HOUR;
const LIMIT = 12 * HOUR;

function filled(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

function spanOf(minutes, words) {
  if (minutes < HOUR) return filled(words.minutes, { minutes });
  if (minutes < EVEN_MINUTES && minutes % HOUR)
    return filled(words.both, { hours: Math.floor(minutes / HOUR), minutes: String(minutes % HOUR).padStart(2, "0") });
  return filled(words.hours, { hours: Math.floor((minutes + HOUR / 2) / HOUR) });
}

function tick() {
  const now = Math.floor(Date.now() / 60000);
  const words = document.body.dataset;
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const minutes = Math.floor(Date.parse(time.dateTime) / 60000) - now;
    if (!(Math.abs(minutes) < LIMIT)) continue;
    const pattern = minutes < 0 ? words.past : words.ahead;
    const text = minutes === 0 ? words.now : filled(pattern, { span: spanOf(Math.abs(minutes), words) });
    if (time.textContent !== text) time.textContent = text;
  }
}

// On the full minute, as the clock on the wall.
function onTheMinute() {
  tick();
  setTimeout(onTheMinute, 60000 - (Date.now() % 60000) + 50);
}
setTimeout(onTheMinute, 60000 - (Date.now() % 60000) + 50);
document.addEventListener("visibilitychange", () => document.hidden || tick());

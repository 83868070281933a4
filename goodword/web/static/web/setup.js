// Chooses the time zone that the browser is in, where nobody has chosen one yet.

const zone = document.getElementById("id_zone");
const zoneOf = (name) => new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;

// Browsers and the list may call a zone by different names: Asia/Calcutta and Asia/Kolkata.
function isHere(option) {
  try {
    return zoneOf(option.value) === zoneOf(undefined);
  } catch {
    return false; // a zone that this browser doesn't know yet
  }
}

if (zone && zone.value === "UTC") {
  const here = zoneOf(undefined);
  const option = [...zone.options].find((each) => each.value === here) ?? [...zone.options].find(isHere);
  if (option) zone.value = option.value;
}

// Chooses the time zone that the browser is in, where nobody has chosen one yet.

const zone = document.getElementById("id_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && zone.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;

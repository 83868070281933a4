// The entry for pages inside. Every page works without it.
import "./inbox.js";
import "./frames.js";
import "./composer.js";
import "./canned.js";
import "./sending.js";
import "./leaving.js";
import "./formatting.js";
import "./uploads.js";
import "./emoji.js";
import "./advice.js";
import "./live.js";
import "./promises.js";
import "./mentions.js";
import "./notices.js";
import "./palette.js";
import "./files.js";
import "./search.js";
import "./views.js";
import "./tabbar.js";

// Written before the scripts were there: now it is kept, or searched for.
document.addEventListener(
  "htmx:load",
  () => {
    for (const field of document.querySelectorAll("#composer-text, [hx-trigger$=search]"))
      if (field.value !== field.defaultValue) field.dispatchEvent(new Event(field.type === "search" ? "search" : "input", { bubbles: true }));
  },
  { once: true },
);

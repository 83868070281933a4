// The one entry, loaded by base.html. Everything works without it; it only makes things quicker.
// Other modules import from here or its neighbours by relative path, never by a script tag of their own, so that
// each module lives once.
import "./toasts.js";
import "./keys.js";
import "./picks.js";
import "./rows.js";
import "./menus.js";
import "./focus.js";
import "./times.js";
import "./section.js";

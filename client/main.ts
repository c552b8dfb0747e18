/** Starts the page: preferences onto the document, then the application's one element, which `index.html` holds. */
import "./panels/shell/app.js";
import { pageActivity } from "./state/activity.js";
import { pageStorage } from "./state/browser-storage.js";
import { pageInput } from "./state/input-frame.js";
import { applyPreferences, readPreferences } from "./state/preferences.js";

applyPreferences(document.documentElement, readPreferences(pageStorage));
pageInput.watch(window);

const showActivity = (): void => {
  document.documentElement.dataset["idle"] = pageActivity.idle ? "true" : "false";
};
pageActivity.addEventListener("changed", showActivity);
showActivity();

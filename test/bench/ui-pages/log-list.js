/** A list of a million log lines whose pages are made up in the page, and an opened line of ten megabytes. */
import { html, render } from "lit";
import { LogPages } from "../../../client/charts/virtual-log-pages.ts";
import "../../../client/charts/virtual-log.ts";
import "../../../client/panels/logs/log-message.ts";
import { painted } from "./painted.js";

const LINES = 1_000_000;
const START_US = Date.UTC(2026, 2, 3, 10) * 1_000;
const LEVELS = ["info", "info", "info", "warn", "error"];
const SERVICES = ["edge", "checkout", "خدمة-الدفع", "a-service-with-a-name-of-many-characters-".repeat(5), "🔥-search"];
const MESSAGES = [
  "POST /checkout 504: a dependency did not answer in time",
  "فشل الاتصال بمزود الدفع: انتهت المهلة",
  "🔥🔥 retrying 3 of 5 👩‍🚒",
  "checkout of 3 items answered 200",
];

const lineAt = (index) => ({
  id: `1-${String(LINES - index)}`,
  timeUs: START_US - index * 3_600,
  level: LEVELS[index % LEVELS.length],
  service: SERVICES[index % SERVICES.length],
  instance: `instance-${String(index % 9)}`,
  message: `${MESSAGES[index % MESSAGES.length]} (${String(index)})`,
  attributes: { "http.route": "/checkout", duration_ms: index % 977 },
});

const list = document.createElement("fd-virtual-log");
list.style.cssText = "display:block;height:800px";
document.body.append(list);
const pages = new LogPages({
  load: (offset, limit) =>
    Promise.resolve({ total: LINES, offset, lines: Array.from({ length: limit }, (_, at) => lineAt(offset + at)) }),
  changed: () => {
    list.revision += 1;
  },
});
list.pages = pages;
pages.want(0, 60);
await painted();
await painted();

const view = () => list.renderRoot.querySelector(".view");
/** Messages on the screen; rows beyond its edges come later. */
const shown = () => {
  const { top, bottom } = view().getBoundingClientRect();
  return [...list.renderRoot.querySelectorAll(".line")]
    .filter((line) => {
      const box = line.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    })
    .map((line) => line.querySelector(".message").textContent.trim());
};

window.bench = {
  lines: LINES,
  /** Milliseconds from a jump to a share of the list until its lines are painted. */
  jump: async (share) => {
    const element = view();
    await painted();
    const from = performance.now();
    element.scrollTop = share * (element.scrollHeight - element.clientHeight);
    let at = 0;
    do at = await painted();
    while (shown().length === 0 || shown().some((text) => text === "…" || text === ""));
    return at - from;
  },
  /** The first line on the screen. */
  first: () => shown()[0] ?? "",
  /** Milliseconds until an opened line of ten megabytes is painted, cut, and then until all of it is. */
  longLine: async () => {
    const box = document.createElement("div");
    document.body.prepend(box);
    const text = "0123456789abcdef ".repeat((10 * 1024 * 1024) / 17);
    await painted();
    const from = performance.now();
    render(html`<fd-log-message .text=${text}></fd-log-message>`, box);
    const cut = (await painted()) - from;
    const message = box.querySelector("fd-log-message");
    const button = message.renderRoot.querySelector("button");
    const between = performance.now();
    button.click();
    await message.updateComplete;
    const all = (await painted()) - between;
    const characters = message.renderRoot.querySelector(".message").textContent.length;
    box.remove();
    return { cut, all, characters };
  },
};

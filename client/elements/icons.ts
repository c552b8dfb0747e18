/** The icons of the client: 16 × 16 line drawings in the current colour, hidden from screen readers (text says it). */
import { html, svg } from "lit";
import type { TemplateResult } from "lit";

const SHAPES: Readonly<Record<string, string>> = {
  phone: "M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1ZM7 12.5h2",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3L4 11ZM6.5 14.5h3",
  target: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 8h.01",
  grid: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z",
  chart: "M2 2v12h12M4.5 10.5l3-4 2.5 2 3.5-5",
  lines: "M2 3.5h12M2 6.5h8M2 9.5h11M2 12.5h6",
  waterfall: "M2 3h7M4 6.5h6M6 10h7M9 13.5h3",
  flame: "M8.5 1.5c.3 2.6 3.5 4 3.5 7.7a4 4 0 0 1-8 0c0-1.7.8-2.7 1.7-3.6.1 1.2.6 1.8 1.3 2C6.6 5.2 7 3 8.5 1.5Z",
  map: "M2.5 8a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0ZM10.5 3.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0ZM10.5 12.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0ZM5.3 7.2l5.4-3M5.3 8.8l5.4 3",
  diff: "M5 2v8M5 14v-2M2 6h6M10 13h5M12 2v9",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8l1-5.5Z",
  notebook: "M4 1.5h8.5v13H4a1.5 1.5 0 0 1-1.5-1.5V3A1.5 1.5 0 0 1 4 1.5ZM5.5 1.5v13M8 5h2.5M8 8h2.5",
  send: "M14.5 1.5 1.5 6.5l5 2.5 2.5 5 5.5-12.5ZM6.5 9l3-3",
  flag: "M3.5 14.5v-13M3.5 2.5h9l-2 3 2 3h-9",
  play: "M4.5 2.5v11l9-5.5z",
  pause: "M5 2.5v11M11 2.5v11",
  next: "M3 2.5v11l7-5.5zM13 2.5v11",
  help: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6 6.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9v.5M8 11.8h.01",
  theme: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 1.5v13M8 4h4.8M8 8h6.5M8 12h4.8",
  density: "M2 3h12M2 6.3h12M2 9.6h12M2 13h12",
  pin: "M6 1.5h4l-.5 5 2.5 2.5H4L6.5 6.5 6 1.5ZM8 9v5.5",
  copy: "M5.5 5.5h8v9h-8zM10.5 5.5v-4h-8v9h3",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  check: "M2.5 8.5l3.5 3.5 7.5-8",
  chevron: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7l3.8 3.8",
  include: "M8 3v10M3 8h10",
  exclude: "M3 8h10",
  clock: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.5 2",
  redo: "M13 6H6a3.5 3.5 0 0 0 0 7h4M10 3l3 3-3 3",
  earlier: "M10 3.5 5.5 8 10 12.5",
  later: "M6 3.5 10.5 8 6 12.5",
  undo: "M3 6h7a3.5 3.5 0 0 1 0 7H6M6 3 3 6l3 3",
  warning: "M8 2 1.5 13.5h13L8 2ZM8 6.5v3.5M8 12h.01",
  critical: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM8 4.5v4.5M8 11.3h.01",
  ok: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5 8.2l2.2 2.2L11 6",
  idle: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5 8h6",
  pending: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 8h.01M5 8h.01M11 8h.01",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7",
  table: "M2 2.5h12v11H2zM2 6h12M2 9.7h12M6.5 6v7.5",
  swap: "M2 5.5h11l-3-3M14 10.5H3l3 3",
  split: "M2 2.5h12v11H2zM8 2.5v11",
  menu: "M2 4h12M2 8h12M2 12h12",
  panel: "M2 2.5h12v11H2zM10 2.5v11",
  person: "M8 7.5A2.75 2.75 0 1 0 8 2a2.75 2.75 0 0 0 0 5.5ZM2.5 14a5.5 5.5 0 0 1 11 0",
  tree: "M3 2v10.5h4M3 6.5h4M9.5 5h4v3h-4zM9.5 11h4v3h-4z",
  home: "M2 7.5 8 2l6 5.5M4 6.5v7h8v-7",
  service: "M2.5 4.5 8 1.5l5.5 3v7L8 14.5l-5.5-3zM2.5 4.5 8 7.5l5.5-3M8 7.5v7",
  store:
    "M3 4c0-1.2 2.2-2 5-2s5 .8 5 2-2.2 2-5 2-5-.8-5-2ZM3 4v8c0 1.2 2.2 2 5 2s5-.8 5-2V4M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
  queue: "M1.5 4.5h13v7h-13zM5 4.5v7M8.5 4.5v7M12 4.5v7",
  cloud: "M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.7-.5 3.3 3.3 0 0 1-.4 6.5z",
  compare: "M2.5 13.5v-7M5.5 13.5v-11M10.5 13.5v-4M13.5 13.5v-9M8 1.5v13",
  zoom: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7l3.8 3.8M4.8 7h4.4",
};

export type IconName = string;

/** Icons that read better filled. */
const FILLED: ReadonlySet<string> = new Set(["play", "next"]);

/** An `<svg>`; an unknown name gives an empty box of the same size, so that nothing moves. */
export function icon(name: IconName, size = 16): TemplateResult {
  const shape = SHAPES[name] ?? "";
  return html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 16 16"
    fill=${FILLED.has(name) ? "currentColor" : "none"}
    stroke="currentColor"
    stroke-width="1.4"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
    style="flex:none;vertical-align:-3px"
  >
    ${svg`<path d=${shape}></path>`}
  </svg>`;
}

/**
 * Keys of the waterfall: arrows and rows as in a tree grid (WAI-ARIA), the rest as in Jaeger's keyboard sheet where the
 * workspace does not need the key itself (there `[` and `]` go back and forward). Rows for the help sheet as well.
 */
import type { RowMove } from "./waterfall-rows.js";

export type WaterfallKey =
  | { readonly kind: "move"; readonly move: RowMove }
  /** Of the shown width, negative to the left. */
  | { readonly kind: "pan"; readonly share: number }
  /** Below 1 zooms in; 0 shows all. */
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "level"; readonly step: 1 | -1 }
  | { readonly kind: "all"; readonly open: boolean }
  | { readonly kind: "visible"; readonly step: 1 | -1 }
  | { readonly kind: "found"; readonly step: 1 | -1 }
  | { readonly kind: "toggle" };

const PAN = 0.1;
const PAN_LARGE = 0.5;
const ZOOM = 1.25;
const ZOOM_LARGE = 2.5;

const move = (to: RowMove): WaterfallKey => ({ kind: "move", move: to });

/** By `KeyboardEvent.key`, so that Shift has its own letter. */
export const WATERFALL_KEYS: Readonly<Record<string, WaterfallKey>> = {
  ArrowUp: move("up"),
  ArrowDown: move("down"),
  ArrowLeft: move("out"),
  ArrowRight: move("in"),
  Home: move("first"),
  End: move("last"),
  PageUp: move("page-up"),
  PageDown: move("page-down"),
  j: move("down"),
  k: move("up"),
  a: { kind: "pan", share: -PAN },
  d: { kind: "pan", share: PAN },
  A: { kind: "pan", share: -PAN_LARGE },
  D: { kind: "pan", share: PAN_LARGE },
  w: { kind: "zoom", factor: 1 / ZOOM },
  s: { kind: "zoom", factor: ZOOM },
  W: { kind: "zoom", factor: 1 / ZOOM_LARGE },
  S: { kind: "zoom", factor: ZOOM_LARGE },
  "+": { kind: "zoom", factor: 1 / ZOOM },
  "=": { kind: "zoom", factor: 1 / ZOOM },
  "-": { kind: "zoom", factor: ZOOM },
  "0": { kind: "zoom", factor: 0 },
  o: { kind: "level", step: 1 },
  c: { kind: "level", step: -1 },
  O: { kind: "all", open: true },
  C: { kind: "all", open: false },
  f: { kind: "visible", step: 1 },
  b: { kind: "visible", step: -1 },
  n: { kind: "found", step: 1 },
  N: { kind: "found", step: -1 },
  Enter: { kind: "toggle" },
};

/**
 * What of a chart is neither canvas nor drawing but text of the page: names in a legend, letters of markers, names of rows,
 * headings. Read off the page where it stands, with the small boxes (swatches, flags) that belong to it, to be painted
 * into a picture. What one works a chart with (buttons of menus, tables that can be opened, and what says how: `.how`) is left out; a
 * button that says which colour is what (`.key`) stays.
 */
import { boxOf, linesOf, overlap, textOf } from "./picture-pieces.js";
import type { Clip, Line, PictureBox, PictureText } from "./picture-pieces.js";

export interface PagePieces {
  readonly texts: readonly PictureText[];
  readonly boxes: readonly PictureBox[];
}

/** Not part of what is shown, but of how one deals with it. */
const TOOLS = [
  ...["fd-series-table", "fd-chart-table", "fd-export-menu", "fd-pin-button", ".visually-hidden", "details", "a"],
  ...["input", "select", "style", "[role=tablist]", ".segments", ".zoom", ".how"],
  "button[aria-pressed]:not(.quiet, .name, .key)",
].join();

/** Pieces of all that `root` holds, shadow roots included, as far as they are in sight. */
export function pagePieces(root: HTMLElement): PagePieces {
  const texts: PictureText[] = [];
  const boxes: PictureBox[] = [];
  visit(root, root.getBoundingClientRect(), { texts, boxes });
  return { texts, boxes };
}

interface Found {
  readonly texts: PictureText[];
  readonly boxes: PictureBox[];
}

function visit(element: Element, clip: Clip, found: Found): void {
  if (element instanceof SVGElement || element instanceof HTMLCanvasElement || element.matches(TOOLS)) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) < 0.2) return;
  const bounds = element.getBoundingClientRect();
  const box = boxOf(bounds, style, clip);
  if (box !== undefined) found.boxes.push(box);
  const inner = /auto|scroll|hidden|clip/.test(style.overflowX + style.overflowY) ? overlap(clip, bounds) : clip;
  for (const child of childrenOf(element)) {
    if (child instanceof Element) visit(child, inner, found);
    else if (child instanceof Text)
      found.texts.push(...linesOf(wordsOf(child)).flatMap((line) => textOf(line, style, inner) ?? []));
  }
}

function childrenOf(element: Element): Iterable<Node> {
  if (element instanceof HTMLSlotElement) return element.assignedNodes({ flatten: true });
  return (element.shadowRoot ?? element).childNodes;
}

/** Where each word stands; the white space around it is not part of it. */
function* wordsOf(node: Text): Iterable<Line> {
  const range = document.createRange();
  for (const { 0: text, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + text.length);
    yield { text, bounds: range.getBoundingClientRect() };
  }
}

/**
 * What of a chart is neither canvas nor drawing but text of the page: names in a legend, letters of markers, names of rows,
 * headings. Read off the page where it stands, with the small boxes (swatches, flags) that belong to it, to be painted
 * into a picture. What one works a chart with (buttons of menus, tables that can be opened) is left out.
 */

export interface PictureText {
  readonly text: string;
  readonly left: number;
  /** Of the line's middle. */
  readonly middle: number;
  readonly width: number;
  readonly font: string;
  readonly color: string;
}

export interface PictureBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly stroke: string;
}

export interface PagePieces {
  readonly texts: readonly PictureText[];
  readonly boxes: readonly PictureBox[];
}

/** Not part of what is shown, but of how one deals with it. */
const TOOLS = [
  ...["fd-series-table", "fd-chart-table", "fd-export-menu", "fd-pin-button", ".visually-hidden", "details", "a"],
  ...["input", "select", "style", "button[aria-pressed]:not(.quiet, .name)", "[role=tablist]", ".segments", ".zoom"],
].join();
/** Boxes up to this size are swatches, stripes and flags; larger ones are surfaces of the page. */
const BOX_PX_MAX = 30;

interface Clip {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

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
  addBox(bounds, style, clip, found);
  const inner = /auto|scroll|hidden|clip/.test(style.overflowX + style.overflowY) ? overlap(clip, bounds) : clip;
  for (const child of childrenOf(element)) {
    if (child instanceof Element) visit(child, inner, found);
    else if (child instanceof Text) addText(child, style, inner, found);
  }
}

function childrenOf(element: Element): Iterable<Node> {
  if (element instanceof HTMLSlotElement) return element.assignedNodes({ flatten: true });
  return (element.shadowRoot ?? element).childNodes;
}

const overlap = (one: Clip, other: Clip): Clip => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});

const isWithin = ({ left, top, width, height }: DOMRect, clip: Clip): boolean =>
  left >= clip.left - 1 &&
  left + Math.min(width, 8) <= clip.right + 1 &&
  top >= clip.top - 2 &&
  top + height <= clip.bottom + 2;

function addText(node: Text, style: CSSStyleDeclaration, clip: Clip, { texts }: Found): void {
  for (const { text, bounds } of linesOf(node)) {
    if (bounds.width === 0 || !isWithin(bounds, clip)) continue;
    texts.push({
      text,
      left: bounds.left,
      middle: bounds.top + bounds.height / 2,
      // Cut where the page cuts it.
      width: Math.min(bounds.width, clip.right - bounds.left),
      font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
      color: style.color,
    });
  }
}

interface Line {
  readonly text: string;
  readonly bounds: DOMRect;
}

/** Words that stand on one line, without the white space around them. */
function linesOf(node: Text): readonly Line[] {
  const lines: { text: string; bounds: DOMRect }[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const bounds = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last === undefined || Math.abs(last.bounds.top - bounds.top) > 2) lines.push({ text: word, bounds });
    else {
      last.text += ` ${word}`;
      last.bounds = new DOMRect(last.bounds.left, last.bounds.top, bounds.right - last.bounds.left, last.bounds.height);
    }
  }
  return lines;
}

const isNone = (color: string): boolean => color === "transparent" || /^rgba\(.*,\s*0\)$|\/\s*0\)$/.test(color);

function addBox(bounds: DOMRect, style: CSSStyleDeclaration, clip: Clip, { boxes }: Found): void {
  const { left, top, width, height } = bounds;
  if (width < 1 || width > BOX_PX_MAX || height > BOX_PX_MAX || !isWithin(bounds, clip)) return;
  const line = Number.parseFloat(style.borderTopWidth);
  const stroke =
    line > 0 && style.borderTopStyle !== "none" && !isNone(style.borderTopColor) ? style.borderTopColor : "";
  const fill = isNone(style.backgroundColor) ? "" : style.backgroundColor;
  if (stroke === "" && fill === "") return;
  // A swatch is a line: its border alone.
  const isLine = height <= line + 1;
  boxes.push({
    left,
    top,
    width,
    height: Math.max(height, line),
    fill: isLine ? stroke || fill : fill,
    stroke: isLine ? "" : stroke,
  });
}

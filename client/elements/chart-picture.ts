/**
 * A chart as a PNG: its canvases and drawings as they stand on the screen, with the names, letters and legends that the
 * page has around them, its title above, its caption and where it comes from below.
 */
import { pagePieces } from "./picture-texts.js";
import type { PagePieces } from "./picture-texts.js";

const MARGIN = 12;
const TITLE_PX = 15;
const CAPTION_PX = 12;

interface PictureTexts {
  readonly title: string;
  readonly caption: string;
  /** Of which run and day it is: a picture leaves the page that says so. */
  readonly origin: string;
}

/** Undefined where nothing is drawn. Colours are those of the page's theme. */
export async function chartPicture(
  chart: HTMLElement,
  { title, caption, origin }: PictureTexts,
): Promise<Blob | undefined> {
  const drawings = drawingsOf(chart);
  if (drawings.length === 0) return undefined;
  const images = await Promise.all(drawings.map((drawing) => imageOf(drawing)));
  const pieces = pagePieces(chart);
  const frame = frameOf(chart, drawings, pieces);
  const scale = window.devicePixelRatio;
  const header = MARGIN * 2 + TITLE_PX;
  const notes = [caption, origin].filter((text) => text !== "" && text !== title);
  const footer = MARGIN + notes.length * (MARGIN / 2 + CAPTION_PX);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((frame.width + 2 * MARGIN) * scale);
  canvas.height = Math.round((frame.height + header + footer) * scale);
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  const tokens = getComputedStyle(document.documentElement);
  const family = tokens.getPropertyValue("--font-ui") || "sans-serif";
  context.scale(scale, scale);
  context.fillStyle = tokens.getPropertyValue("--surface-1");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = tokens.getPropertyValue("--ink");
  context.font = `600 ${String(TITLE_PX)}px ${family}`;
  context.fillText(title, MARGIN, MARGIN + TITLE_PX, frame.width);
  context.save();
  context.beginPath();
  context.rect(MARGIN, header, frame.width, frame.height);
  context.clip();
  images.forEach((image, index) => {
    const bounds = drawings[index]?.getBoundingClientRect() ?? frame;
    const [x, y] = [MARGIN + bounds.left - frame.left, header + bounds.top - frame.top];
    context.drawImage(image, x, y, bounds.width, bounds.height);
  });
  context.translate(MARGIN - frame.left, header - frame.top);
  paintPieces(context, pieces);
  context.restore();
  context.fillStyle = tokens.getPropertyValue("--ink-soft");
  context.font = `${String(CAPTION_PX)}px ${family}`;
  notes.forEach((text, line) => {
    const baseline = header + frame.height + (line + 1) * (MARGIN / 2 + CAPTION_PX);
    context.fillText(text, MARGIN, baseline, frame.width);
  });
  return new Promise((resolve) => {
    canvas.toBlob((blob) => {
      resolve(blob ?? undefined);
    }, "image/png");
  });
}

/** As far down as anything is drawn or written: what is left out of the picture leaves no hole. */
function frameOf(chart: HTMLElement, drawings: readonly Drawing[], { texts, boxes }: PagePieces): DOMRect {
  const { left, top, width, height } = chart.getBoundingClientRect();
  const lowest = Math.max(
    ...drawings.map((drawing) => drawing.getBoundingClientRect().bottom),
    ...texts.map(({ middle }) => middle + 10),
    ...boxes.map((box) => box.top + box.height),
  );
  return new DOMRect(left, top, width, Math.min(height, lowest - top));
}

function paintPieces(context: CanvasRenderingContext2D, { texts, boxes }: PagePieces): void {
  for (const { left, top, width, height, fill, stroke } of boxes) {
    context.fillStyle = fill;
    if (fill !== "") context.fillRect(left, top, width, height);
    context.strokeStyle = stroke;
    if (stroke !== "") context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  }
  context.textBaseline = "middle";
  for (const { text, left, middle, width, font, color } of texts) {
    context.save();
    context.beginPath();
    context.rect(left - 1, middle - 16, width + 2, 32);
    context.clip();
    context.font = font;
    context.fillStyle = color;
    context.fillText(text, left, middle);
    context.restore();
  }
  context.textBaseline = "alphabetic";
}

type Drawing = HTMLCanvasElement | SVGSVGElement;

/** Icons are smaller; they belong to buttons and not to the chart. */
const DRAWING_PX_MIN = 32;

/** In the order in which they lie over one another, shadow roots included. */
function drawingsOf(root: Element | ShadowRoot): readonly Drawing[] {
  const inner = root instanceof Element && root.shadowRoot !== null ? drawingsOf(root.shadowRoot) : [];
  return [...inner, ...[...root.children].flatMap((child) => (isDrawing(child) ? [child] : drawingsOf(child)))].filter(
    (drawing) => {
      const { width, height } = drawing.getBoundingClientRect();
      return width >= DRAWING_PX_MIN && height >= DRAWING_PX_MIN / 2;
    },
  );
}

const isDrawing = (element: Element): element is Drawing =>
  element instanceof HTMLCanvasElement || element instanceof SVGSVGElement;

/** What of the style sheets a drawing needs where it stands alone. */
const SVG_STYLES: readonly string[] = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity"],
  ...["font-family", "font-size", "font-weight", "text-anchor", "display", "visibility"],
];

async function imageOf(drawing: Drawing): Promise<HTMLCanvasElement | HTMLImageElement> {
  if (drawing instanceof HTMLCanvasElement) return drawing;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  [drawing, ...drawing.querySelectorAll<SVGElement>("*")].forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const name of SVG_STYLES) copies[index]?.style.setProperty(name, style.getPropertyValue(name));
  });
  const { width, height } = drawing.getBoundingClientRect();
  // Drawn at its own size and scaled with the picture, as a camera over it does.
  if (!copy.hasAttribute("viewBox"))
    copy.setAttribute(
      "viewBox",
      `0 0 ${String(drawing.clientWidth || width)} ${String(drawing.clientHeight || height)}`,
    );
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width * devicePixelRatio));
  copy.setAttribute("height", String(height * devicePixelRatio));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

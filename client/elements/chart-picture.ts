/** A chart as a PNG: its canvases and drawings as they stand on the screen, its title above and its caption below. */

const MARGIN = 12;
const TITLE_PX = 15;
const CAPTION_PX = 12;

/** Undefined where nothing is drawn. Colours are those of the page's theme. */
export async function chartPicture(
  chart: HTMLElement,
  { title, caption }: { readonly title: string; readonly caption: string },
): Promise<Blob | undefined> {
  const drawings = drawingsOf(chart);
  if (drawings.length === 0) return undefined;
  const images = await Promise.all(drawings.map((drawing) => imageOf(drawing)));
  const frame = chart.getBoundingClientRect();
  const scale = window.devicePixelRatio;
  const header = MARGIN * 2 + TITLE_PX;
  const footer = caption === "" ? MARGIN : MARGIN * 2 + CAPTION_PX;
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
  context.restore();
  context.fillStyle = tokens.getPropertyValue("--ink-soft");
  context.font = `${String(CAPTION_PX)}px ${family}`;
  context.fillText(caption, MARGIN, header + frame.height + MARGIN + CAPTION_PX / 2, frame.width);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => {
      resolve(blob ?? undefined);
    }, "image/png");
  });
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

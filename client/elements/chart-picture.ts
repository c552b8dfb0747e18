/** A chart as a PNG: its canvases as they stand on the screen, its title above and its caption below. */

const MARGIN = 12;
const TITLE_PX = 15;
const CAPTION_PX = 12;

/** Undefined where nothing is drawn on a canvas. Colours are those of the page's theme. */
export async function chartPicture(
  chart: HTMLElement,
  { title, caption }: { readonly title: string; readonly caption: string },
): Promise<Blob | undefined> {
  const canvases = canvasesOf(chart);
  if (canvases.length === 0) return undefined;
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
  for (const drawn of canvases) {
    const bounds = drawn.getBoundingClientRect();
    const [x, y] = [MARGIN + bounds.left - frame.left, header + bounds.top - frame.top];
    context.drawImage(drawn, x, y, bounds.width, bounds.height);
  }
  context.fillStyle = tokens.getPropertyValue("--ink-soft");
  context.font = `${String(CAPTION_PX)}px ${family}`;
  context.fillText(caption, MARGIN, header + frame.height + MARGIN + CAPTION_PX / 2, frame.width);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => {
      resolve(blob ?? undefined);
    }, "image/png");
  });
}

/** In the order in which they lie over one another, shadow roots included. */
function canvasesOf(root: Element | ShadowRoot): readonly HTMLCanvasElement[] {
  const inner = root instanceof Element && root.shadowRoot !== null ? canvasesOf(root.shadowRoot) : [];
  return [
    ...inner,
    ...[...root.children].flatMap((child) => (child instanceof HTMLCanvasElement ? [child] : canvasesOf(child))),
  ].filter(({ width, height }) => width > 0 && height > 0);
}

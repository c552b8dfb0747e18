/** The mark of one trace on a canvas: a rhombus, which differs from the dots and bars around it by its shape. */

/** Begins a path around it; `half` is how far its corners are from its middle. */
export function rhombusPath(
  context: CanvasRenderingContext2D,
  { x, y, half }: { readonly x: number; readonly y: number; readonly half: number },
): void {
  context.beginPath();
  context.moveTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.lineTo(x - half, y);
  context.closePath();
}

/**
 * The pieces of the page that are painted into a picture: words that stand on one line, and the small boxes (swatches,
 * flags) that belong to them, as far as they are in sight. Pure: from bounds and computed styles.
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

export interface PictureBox extends Bounds {
  readonly fill: string;
  readonly stroke: string;
}

/** The part of the page that is in sight. */
export interface Clip {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Boxes up to this size are swatches, stripes and flags; larger ones are surfaces of the page. */
const BOX_PX_MAX = 30;
/** Words this much higher or lower are on one line. */
const LINE_PX = 2;

export const overlap = (one: Clip, other: Clip): Clip => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});

const isWithin = ({ left, top, width, height }: Bounds, clip: Clip): boolean =>
  left >= clip.left - 1 &&
  left + Math.min(width, 8) <= clip.right + 1 &&
  top >= clip.top - 2 &&
  top + height <= clip.bottom + 2;

export interface Line {
  readonly text: string;
  readonly bounds: Bounds;
}

/** Words in order of reading, those of one line together. */
export function linesOf(words: Iterable<Line>): readonly Line[] {
  const lines: Line[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || Math.abs(last.bounds.top - word.bounds.top) > LINE_PX) lines.push(word);
    else lines[lines.length - 1] = joined(last, word);
  }
  return lines;
}

function joined({ text, bounds }: Line, word: Line): Line {
  // Field by field: what the page gives has them on its prototype.
  const { left, top, height } = bounds;
  const width = word.bounds.left + word.bounds.width - left;
  return { text: `${text} ${word.text}`, bounds: { left, top, width, height } };
}

export type TextStyle = Pick<CSSStyleDeclaration, "color" | "fontFamily" | "fontSize" | "fontWeight">;

/** Undefined where the line is not in sight. */
export function textOf({ text, bounds }: Line, style: TextStyle, clip: Clip): PictureText | undefined {
  const { left, top, width, height } = bounds;
  if (width === 0 || !isWithin(bounds, clip)) return undefined;
  return {
    text,
    left,
    middle: top + height / 2,
    // Cut where the page cuts it.
    width: Math.min(width, clip.right - left),
    font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
    color: style.color,
  };
}

export type BoxStyle = Pick<
  CSSStyleDeclaration,
  "backgroundColor" | "borderTopColor" | "borderTopStyle" | "borderTopWidth"
>;

const isNone = (color: string): boolean => color === "transparent" || /^rgba\(.*,\s*0\)$|\/\s*0\)$/.test(color);

/** Undefined for a surface of the page, for what has no color, and for what is not in sight. */
export function boxOf(bounds: Bounds, style: BoxStyle, clip: Clip): PictureBox | undefined {
  const { left, top, width, height } = bounds;
  if (width < 1 || width > BOX_PX_MAX || height > BOX_PX_MAX || !isWithin(bounds, clip)) return undefined;
  const line = Number.parseFloat(style.borderTopWidth);
  const stroke =
    line > 0 && style.borderTopStyle !== "none" && !isNone(style.borderTopColor) ? style.borderTopColor : "";
  const fill = isNone(style.backgroundColor) ? "" : style.backgroundColor;
  if (stroke === "" && fill === "") return undefined;
  // A swatch is a line: its border alone.
  const isLine = height <= line + 1;
  return {
    left,
    top,
    width,
    height: Math.max(height, line),
    fill: isLine ? stroke || fill : fill,
    stroke: isLine ? "" : stroke,
  };
}

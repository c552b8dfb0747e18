/**
 * Bars on a canvas: what the waterfall, its flame form and profiles' flame graphs all are. A view computes the marks of
 * what is on the screen; here they are painted, and found again under the pointer. Nothing here knows spans or stacks.
 */

/** A rectangle in CSS pixels of the canvas. */
import { shortened } from "./readable-text.js";
export interface BarMark {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `var(--x)` or a colour. */
  readonly color: string;
  /** `pale` carries text, `sliver` stands for several that are too narrow to be seen, `hatched` is waiting. */
  readonly look: "solid" | "hollow" | "pale" | "sliver" | "hatched";
  /** Painted around it. */
  readonly outline?: string | undefined;
  readonly dashed?: boolean | undefined;
  /** Faded: what a search has not found. */
  readonly dim?: boolean | undefined;
  /** Written into it as far as it fits. */
  readonly label?: string | undefined;
  /** What it stands for, for whoever asks what is under the pointer. */
  readonly id?: string | undefined;
}

/** How the painter resolves colours and writes. */
export interface BarPaint {
  readonly colorOf: (color: string) => string;
  readonly font: string;
  /** px of one character; the font of data is of one width. */
  readonly characterPx: number;
}

const DIM_ALPHA = 0.25;
const PALE_ALPHA = 0.32;
const LABEL_PAD_PX = 4;
/** Fewer characters than these say nothing. */
const LABEL_CHARACTERS_MIN = 3;

/** Paints in order: later marks lie on top. */
export function paintBars(context: CanvasRenderingContext2D, marks: readonly BarMark[], paint: BarPaint): void {
  context.save();
  context.font = paint.font;
  context.textBaseline = "middle";
  for (const mark of marks) paintBar(context, mark, paint);
  context.restore();
}

function paintBar(context: CanvasRenderingContext2D, mark: BarMark, paint: BarPaint): void {
  const fade = mark.dim === true ? DIM_ALPHA : 1;
  FILLS[mark.look](context, mark, {
    color: paint.colorOf(mark.color),
    ground: paint.colorOf("var(--surface-0)"),
    fade,
  });
  if (mark.outline !== undefined) strokeAround(context, mark, paint.colorOf(mark.outline), fade);
  context.globalAlpha = fade;
  const text = fittingText(mark, paint.characterPx);
  if (text !== "") {
    context.fillStyle = paint.colorOf("var(--ink)");
    context.fillText(text, mark.x + LABEL_PAD_PX, mark.y + mark.height / 2 + 0.5);
  }
  context.globalAlpha = 1;
}

interface Ink {
  readonly color: string;
  readonly ground: string;
  readonly fade: number;
}

type Fill = (context: CanvasRenderingContext2D, mark: BarMark, ink: Ink) => void;

const fillWith =
  (alpha: number): Fill =>
  (context, { x, y, width, height }, { color, fade }) => {
    context.globalAlpha = alpha * fade;
    context.fillStyle = color;
    context.fillRect(x, y, width, height);
  };

const pale = fillWith(PALE_ALPHA);
const edge = fillWith(1);

const FILLS: Readonly<Record<BarMark["look"], Fill>> = {
  solid: fillWith(1),
  sliver: fillWith(0.5),
  pale: (context, mark, ink) => {
    pale(context, mark, ink);
    edge(context, { ...mark, width: Math.min(2, mark.width) }, ink);
  },
  hollow: (context, mark, ink) => {
    fillWith(0.22)(context, mark, ink);
    strokeAround(context, mark, ink.color, ink.fade);
  },
  hatched: (context, { x, y, width, height }, { color, ground, fade }) => {
    context.save();
    context.globalAlpha = fade;
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.fillStyle = ground;
    context.fillRect(x, y, width, height);
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = x - height; at < x + width; at += 4) {
      context.moveTo(at, y + height);
      context.lineTo(at + height, y);
    }
    context.rect(x + 0.5, y + 0.5, Math.max(0, width - 1), height - 1);
    context.stroke();
    context.restore();
  },
};

function strokeAround(context: CanvasRenderingContext2D, mark: BarMark, color: string, fade: number): void {
  context.globalAlpha = fade;
  context.strokeStyle = color;
  context.lineWidth = 1;
  if (mark.dashed === true) context.setLineDash([3, 2]);
  context.strokeRect(mark.x + 0.5, mark.y + 0.5, Math.max(1, mark.width - 1), mark.height - 1);
  if (mark.dashed === true) context.setLineDash([]);
}

/** As much of the label as fits, with a sign that something is missing; empty where that would be too little. */
export function fittingText({ label, width }: Pick<BarMark, "label" | "width">, characterPx: number): string {
  if (label === undefined || label === "") return "";
  const room = Math.floor((width - 2 * LABEL_PAD_PX) / characterPx);
  if (room >= label.length) return label;
  return room < LABEL_CHARACTERS_MIN ? "" : shortened(label, room);
}

/** The topmost mark at a pixel; a narrow one is hit within `slackPx` of it when nothing lies closer. */
export function markAt(marks: readonly BarMark[], x: number, y: number, slackPx = 3): BarMark | undefined {
  let near: BarMark | undefined;
  let nearPx = slackPx;
  for (let index = marks.length - 1; index >= 0; index--) {
    const mark = marks[index];
    if (mark === undefined || y < mark.y || y >= mark.y + mark.height) continue;
    const apartPx = Math.max(mark.x - x, x - (mark.x + mark.width), 0);
    if (apartPx === 0) return mark;
    if (apartPx > nearPx) continue;
    near = mark;
    nearPx = apartPx;
  }
  return near;
}

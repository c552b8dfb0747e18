/** Which part of the map is on the screen, and how large its text must be to be read. Pure. */
import type { MapPlacement, MapPoint } from "./map-layout.js";

/** Scale and shift from layout units to pixels. */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export const SCALE_MIN = 0.15;
export const SCALE_MAX = 2.5;
/** A map that does not fit is not made smaller than this by itself: figures stay readable, the rest is a drag away. */
const READABLE_SCALE = 0.85;
/** With more parts than these an overview comes first. */
const READABLE_PARTS_MAX = 40;
const OVERVIEW_SCALE = 0.42;
const FIT_SCALE_MAX = 1.15;
const TEXT_PX_MIN = 11;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The whole map, in the middle. */
export function fitCamera(placement: MapPlacement, { width, height }: Size): Camera {
  const scale = clamp(Math.min(width / placement.width, height / placement.height), SCALE_MIN, FIT_SCALE_MAX);
  return { scale, x: (width - placement.width * scale) / 2, y: (height - placement.height * scale) / 2 };
}

/** What is shown at first: everything if it can be read, else what lies around `about`, or the beginning. */
export function firstCamera(placement: MapPlacement, size: Size, about: MapPoint | undefined): Camera {
  const fit = fitCamera(placement, size);
  const least = placement.nodes.size <= READABLE_PARTS_MAX ? READABLE_SCALE : OVERVIEW_SCALE;
  if (fit.scale >= least) return fit;
  const shift = (length: number, room: number, at: number | undefined): number => {
    const slack = room - length * least;
    if (slack >= 0) return slack / 2;
    return at === undefined ? 0 : clamp(room / 2 - at * least, slack, 0);
  };
  return {
    scale: least,
    x: shift(placement.width, size.width, about?.x),
    y: shift(placement.height, size.height, about?.y),
  };
}

/** `factor` above 1 comes nearer; the point of the screen stays where it is. */
export function zoomCamera(camera: Camera, factor: number, at: MapPoint): Camera {
  const scale = clamp(camera.scale * factor, SCALE_MIN, SCALE_MAX);
  const ratio = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

/** Moved just so far that the box around the point is on the screen. */
export function revealCamera(camera: Camera, size: Size, at: MapPoint, box: Size): Camera {
  const shift = (from: number, room: number, middle: number, length: number): number => {
    const low = middle * camera.scale + from - (length / 2) * camera.scale;
    const high = low + length * camera.scale;
    if (low < 0) return from - low;
    return high > room ? from - (high - room) : from;
  };
  return {
    scale: camera.scale,
    x: shift(camera.x, size.width, at.x, box.width),
    y: shift(camera.y, size.height, at.y, box.height),
  };
}

export interface MapText {
  /** px of the layout, for the names; undefined: no text could be read. */
  readonly titlePx: number | undefined;
  /** Whether figures are drawn too. */
  readonly figures: boolean;
}

const TITLE_SIZES: readonly number[] = [13, 17, 21, 26];
export const FIGURE_PX = 13;

/** No text is smaller than 11 px on the screen: names grow as one goes farther, figures leave first. */
export function textAt(scale: number): MapText {
  const least = TEXT_PX_MIN / scale;
  return { titlePx: TITLE_SIZES.find((size) => size >= least - 1e-9), figures: least - 1e-9 <= FIGURE_PX };
}

/** Characters of the interface's font that fit. */
export const charactersIn = (widthPx: number, fontPx: number): number => Math.floor(widthPx / (fontPx * 0.55));

export const formatCamera = ({ scale, x, y }: Camera): string =>
  `${scale.toFixed(3)},${String(Math.round(x))},${String(Math.round(y))}`;

/** Of an address; undefined where it holds none. */
export function parseCamera(text: string | undefined): Camera | undefined {
  const match = /^([\d.]+),(-?\d+),(-?\d+)$/.exec(text ?? "");
  if (match === null) return undefined;
  const scale = Number(match[1]);
  return scale >= SCALE_MIN && scale <= SCALE_MAX ? { scale, x: Number(match[2]), y: Number(match[3]) } : undefined;
}

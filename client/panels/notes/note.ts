import type { PictureName } from "./pictures.js";

/** One page on how to read something. */
export interface FieldNote {
  readonly title: string;
  readonly picture: PictureName;
  /** What the picture shows, for those who do not see it. */
  readonly pictureText: string;
  readonly paragraphs: readonly string[];
  /** What to do in this view with it. */
  readonly here: string;
}

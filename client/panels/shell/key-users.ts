/** Which keys a control needs for itself: those do nothing else while it has the focus. Pure. */
import { assertNever } from "../../../server/base/assert.js";

/** Controls by what they do with keys. */
export type KeyUser =
  | { readonly kind: "text" }
  /** A list that is folded: typing chooses among its options. */
  | { readonly kind: "choice"; readonly options: readonly string[] }
  /** Check boxes, radio buttons, sliders. */
  | { readonly kind: "switch" }
  /** What the space bar presses: buttons, links, summaries. */
  | { readonly kind: "button" }
  | { readonly kind: "none" };

/** No field has a use for these. */
const FUNCTION_KEY = /^(?:shift\+)?F\d+$/;

/** Of sliders and radio buttons; with Shift as well, for the browser does not tell them apart. */
const MOVES = /^(?:shift\+)?(?:Arrow\w+|Home|End|Page\w+)$/;

/** Letters and digits go on with a word that was begun, wherever they stand in it. */
const WORD = /^[\p{L}\p{N}]$/u;

export function usesKey(user: KeyUser, chord: string): boolean {
  const isForFields = !chord.startsWith("mod+") && !FUNCTION_KEY.test(chord);
  switch (user.kind) {
    case "none":
      return false;
    case "button":
      return chord === "Space";
    case "text":
      return isForFields;
    case "switch":
      return chord === "Space" || chord === "Enter" || MOVES.test(chord);
    case "choice":
      return isForFields && (chord.length > 1 || WORD.test(chord) || user.options.some((text) => text.includes(chord)));
    default:
      return assertNever(user);
  }
}

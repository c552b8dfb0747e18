/** Which key does what. One table for the key handler and for the help sheet. Pure. */
import { VIEWS } from "../registry.js";

export type ShortcutCommand =
  | { readonly kind: "open"; readonly view: string }
  | { readonly kind: "help" | "dock" | "undo-zoom" | "pause" | "query" | "pin" | "back" | "forward" };

export interface Shortcut {
  /** Keys as typed one after the other: `g` `a`. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly command: ShortcutCommand;
}

export const SHORTCUTS: readonly Shortcut[] = [
  ...VIEWS.flatMap(({ id, title, key }): readonly Shortcut[] =>
    key === undefined ? [] : [{ keys: ["g", key], title, command: { kind: "open", view: id } }],
  ),
  { keys: ["?"], title: "This sheet", command: { kind: "help" } },
  { keys: ["n"], title: "Open or close the notebook beside the view", command: { kind: "dock" } },
  { keys: ["z"], title: "Back to the time range before", command: { kind: "undo-zoom" } },
  { keys: [" "], title: "Pause or go on", command: { kind: "pause" } },
  { keys: ["/"], title: "To the query or search of the view", command: { kind: "query" } },
  { keys: ["p"], title: "Pin what the view shows", command: { kind: "pin" } },
  { keys: ["["], title: "Back", command: { kind: "back" } },
  { keys: ["]"], title: "Forward", command: { kind: "forward" } },
];

export interface KeyProgress {
  /** Keys that so far begin a shortcut. */
  readonly keys: readonly string[];
  readonly command: ShortcutCommand | undefined;
}

/** What `key` means after `typed`. A key that continues nothing may begin anew. */
export function nextKey(typed: readonly string[], key: string): KeyProgress {
  for (const keys of [[...typed, key], [key]]) {
    const begun = SHORTCUTS.filter((shortcut) => keys.every((one, index) => shortcut.keys[index] === one));
    const done = begun.find((shortcut) => shortcut.keys.length === keys.length);
    if (done !== undefined) return { keys: [], command: done.command };
    if (begun.length > 0) return { keys, command: undefined };
  }
  return { keys: [], command: undefined };
}

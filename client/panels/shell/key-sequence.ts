/** What was typed, as commands name it, and which command it is. Pure. */
import type { Command } from "./command.js";

export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/**
 * The chord of a key: `a`, `?`, `Space`, `mod+k`, `shift+ArrowLeft`. Of a printable key alone the character counts, not
 * how a keyboard makes it (`|` may be Shift, Alt or AltGr with something else).
 */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const printable = key.length === 1 && key !== " ";
  // AltGr arrives as Ctrl and Alt together.
  const modified = (ctrlKey || metaKey) && !(printable && ctrlKey && altKey);
  const parts = [
    modified ? "mod" : "",
    altKey && !printable ? "alt" : "",
    shiftKey && (modified || !printable) ? "shift" : "",
    nameOf(key, modified),
  ];
  return parts.filter((part) => part !== "").join("+");
}

function nameOf(key: string, modified: boolean): string {
  if (key === " ") return "Space";
  return modified && key.length === 1 ? key.toLowerCase() : key;
}

/** Whether a way to type a command is made of printable keys alone: what WCAG 2.1.4 wants to be able to switch off. */
export const isSingleKey = (keys: string): boolean =>
  keys.split(" ").every((chord) => chord.length === 1 || chord === "Space");

export interface KeyProgress {
  /** Chords that so far begin a command. */
  readonly typed: readonly string[];
  readonly command: Command | undefined;
}

/** What `chord` means after `typed`. A chord that continues nothing may begin anew. */
export function nextKey(commands: readonly Command[], typed: readonly string[], chord: string): KeyProgress {
  for (const chords of [[...typed, chord], [chord]]) {
    const text = chords.join(" ");
    const candidates = commands.filter(({ local }) => !local);
    const done = candidates.find(({ keys }) => keys.includes(text));
    if (done !== undefined) return { typed: [], command: done };
    if (candidates.some(({ keys }) => keys.some((way) => way.startsWith(`${text} `))))
      return { typed: chords, command: undefined };
  }
  return { typed: [], command: undefined };
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Space: "space",
  shift: "Shift",
  alt: "Alt",
};

/** The keys of a chord as they are printed on keyboards. */
export function keyCaps(chord: string, mac: boolean): readonly string[] {
  return chord.split(/\+(?=.)/).map((part) => {
    if (part === "mod") return mac ? "⌘" : "Ctrl";
    return KEY_NAMES[part] ?? (part.length === 1 && chord.startsWith("mod+") ? part.toUpperCase() : part);
  });
}

/** What a person sets for this browser: theme, density, single-key shortcuts, the dock. Kept in local storage. */

export interface Preferences {
  /** `system` follows the operating system. */
  readonly theme: "system" | "light" | "dark";
  readonly density: "compact" | "comfortable";
  readonly shortcuts: boolean;
  readonly dock: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = { theme: "system", density: "compact", shortcuts: true, dock: false };

const KEY = "firedrill.preferences";

const ALLOWED = {
  theme: ["system", "light", "dark"],
  density: ["compact", "comfortable"],
  shortcuts: [true, false],
  dock: [true, false],
} as const satisfies Record<keyof Preferences, readonly unknown[]>;

/** Anything unreadable gives its default. */
export function readPreferences(storage: Pick<Storage, "getItem">): Preferences {
  const stored = parse(storage.getItem(KEY));
  const known = Object.entries(ALLOWED).filter(([name, values]) =>
    (values as readonly unknown[]).includes(stored[name]),
  );
  return { ...DEFAULT_PREFERENCES, ...Object.fromEntries(known.map(([name]) => [name, stored[name]])) };
}

export function writePreferences(storage: Pick<Storage, "setItem">, preferences: Preferences): void {
  storage.setItem(KEY, JSON.stringify(preferences));
}

/** Theme and density as attributes of `<html>`, where the tokens look for them. */
export function applyPreferences(root: HTMLElement, preferences: Preferences): void {
  if (preferences.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = preferences.theme;
  root.dataset["density"] = preferences.density;
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

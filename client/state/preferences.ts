/** What a person sets for this browser: theme, density, single-key shortcuts, the dock. Kept in local storage. */

export interface Preferences {
  /** `system` follows the operating system. */
  readonly theme: "system" | "light" | "dark";
  readonly density: "compact" | "comfortable";
  readonly shortcuts: boolean;
  readonly dock: boolean;
  /** Widths in percent of the workspace: of the notebook's dock, and of the left one of two views. */
  readonly dockShare: number;
  readonly splitShare: number;
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: "system",
  density: "compact",
  shortcuts: true,
  dock: false,
  dockShare: 26,
  splitShare: 50,
};

const KEY = "firedrill.preferences";

const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

const between =
  (least: number, most: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && value >= least && value <= most;

const ALLOWED: Readonly<Record<keyof Preferences, (value: unknown) => boolean>> = {
  theme: oneOf("system", "light", "dark"),
  density: oneOf("compact", "comfortable"),
  shortcuts: oneOf(true, false),
  dock: oneOf(true, false),
  dockShare: between(15, 60),
  splitShare: between(20, 80),
};

/** Anything unreadable gives its default. */
export function readPreferences(storage: Pick<Storage, "getItem">): Preferences {
  const stored = parse(storage.getItem(KEY));
  const known = Object.entries(ALLOWED).filter(([name, allows]) => allows(stored[name]));
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

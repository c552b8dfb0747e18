/** Dashboards that a learner brought along, kept in this browser as JSON text. */

const KEY = "firedrill.dashboards";
const CHARACTERS_MAX = 1_000_000;

export function readOwnBoards(storage: Pick<Storage, "getItem">): readonly string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((entry): entry is string => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/** Undefined where it went well, else why it did not. */
export function writeOwnBoards(storage: Pick<Storage, "setItem">, boards: readonly string[]): string | undefined {
  const text = JSON.stringify(boards);
  if (text.length > CHARACTERS_MAX) return "There is no room for more dashboards of your own: remove one first.";
  storage.setItem(KEY, text);
  return undefined;
}

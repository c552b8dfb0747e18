/** Queries that were run in this run, newest first, kept in this browser. */

const ENTRIES_MAX = 40;

const keyOf = (runId: string): string => `firedrill.queries.${runId}`;

export function readHistory(storage: Pick<Storage, "getItem">, runId: string): readonly string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(keyOf(runId)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((entry): entry is string => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/** `history` with `query` in front, once. */
export function withQuery(history: readonly string[], query: string): readonly string[] {
  return [query, ...history.filter((earlier) => earlier !== query)].slice(0, ENTRIES_MAX);
}

export function writeHistory(storage: Pick<Storage, "setItem">, runId: string, history: readonly string[]): void {
  storage.setItem(keyOf(runId), JSON.stringify(history));
}

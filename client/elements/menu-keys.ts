/** The keys of an open menu (WAI-ARIA Authoring Practices, Menu Button): arrows go round, Home and End to the ends. */

/** Moves the focus among `entries`, or calls `close` on Escape; a key that the menu took goes no further. */
export function menuKey(event: KeyboardEvent, entries: readonly HTMLElement[], close: () => void): void {
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
    return;
  }
  const at = entries.findIndex((entry) => entry.matches(":focus"));
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: entries.length - 1,
  };
  const target = moves[event.key];
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  entries[(target + entries.length) % entries.length]?.focus();
}

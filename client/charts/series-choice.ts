/**
 * Which series of a chart are drawn, as text that fits into an address: `only:` or `not:` and a short hash of each name,
 * whichever list is shorter. Names themselves may be hundreds of characters long. Pure.
 */

/** 30 bits in five letters and figures: two of a hundred names share one once in two hundred thousand charts. */
export function nameHash(name: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 2).toString(36);
}

/** The names of `all` that `choice` hides. Nothing is hidden by text that cannot be read. */
export function hiddenNames(all: readonly string[], choice: string | undefined): ReadonlySet<string> {
  const [kind, list = ""] = (choice ?? "").split(":");
  const hashes = new Set(list.split(",").filter((hash) => hash !== ""));
  if (kind === "not") return new Set(all.filter((name) => hashes.has(nameHash(name))));
  if (kind !== "only" || hashes.size === 0) return new Set();
  const hidden = all.filter((name) => !hashes.has(nameHash(name)));
  // A query that changed may have none of the names any more: then all are shown.
  return new Set(hidden.length === all.length ? [] : hidden);
}

/** The text that hides just `hidden`; undefined for none. */
export function choiceText(all: readonly string[], hidden: ReadonlySet<string>): string | undefined {
  const left = all.filter((name) => !hidden.has(name));
  const gone = all.filter((name) => hidden.has(name));
  if (gone.length === 0 || left.length === 0) return undefined;
  return left.length < gone.length ? `only:${left.map(nameHash).join(",")}` : `not:${gone.map(nameHash).join(",")}`;
}

/** A click on a name: hides or shows it; `alone` shows it by itself, or all again where it was alone already. */
export function toggled(
  all: readonly string[],
  hidden: ReadonlySet<string>,
  name: string,
  alone: boolean,
): ReadonlySet<string> {
  if (alone) {
    const isAlone = !hidden.has(name) && hidden.size === all.length - 1;
    return new Set(isAlone ? [] : all.filter((other) => other !== name));
  }
  const next = new Set(hidden);
  if (!next.delete(name)) next.add(name);
  return next;
}

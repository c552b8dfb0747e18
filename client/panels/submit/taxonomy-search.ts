/** The fault taxonomy as an answer form needs it: found by words, grouped by family. */
import type { FaultClass } from "../../../server/wire/scenario.js";

export interface FaultFamily {
  readonly family: string;
  readonly classes: readonly FaultClass[];
}

/**
 * Classes in which every word occurs (id, title, family or description), grouped by family in the order of the
 * taxonomy. Within a family, those with a word at the start of their title come first.
 */
export function searchTaxonomy(classes: readonly FaultClass[], query: string): readonly FaultFamily[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = classes.filter((fault) => words.every((word) => textOf(fault).includes(word)));
  const families = new Map<string, FaultClass[]>();
  for (const fault of found) {
    const members = families.get(fault.family);
    if (members) members.push(fault);
    else families.set(fault.family, [fault]);
  }
  return [...families].map(([family, members]) => ({
    family,
    classes: members.sort((left, right) => Number(startsWithWord(right, words)) - Number(startsWithWord(left, words))),
  }));
}

function textOf({ id, family, title, description }: FaultClass): string {
  return `${id} ${family} ${title} ${description}`.toLowerCase();
}

function startsWithWord({ title }: FaultClass, words: readonly string[]): boolean {
  const lower = title.toLowerCase();
  return words.some((word) => lower.startsWith(word));
}

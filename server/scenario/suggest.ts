/** 'Did you mean': the nearest of the names that would have been right, or all of them. */
import { nearestName } from "../base/nearest-name.js";

/** A hint that names the nearest candidate, or lists them when none is near; undefined without candidates. */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  const nearest = nearestName(given, candidates);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (candidates.length === 0) return undefined;
  const shown = candidates.slice(0, CANDIDATES_SHOWN).map((name) => `"${name}"`);
  const more = candidates.length > shown.length ? `, and ${String(candidates.length - shown.length)} more` : "";
  return `known: ${shown.join(", ")}${more}`;
}

const CANDIDATES_SHOWN = 12;

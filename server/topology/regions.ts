/** Where users can be. */
import type { LoadSpec } from "./types.js";

/** Name and cumulative share, where a topology declares no regions. */
export const DEFAULT_REGIONS: readonly (readonly [string, number])[] = [
  ["eu-central", 0.44],
  ["eu-west", 0.68],
  ["us-east", 0.87],
  ["us-west", 0.95],
  ["ap-south", 1],
];

/** Regions that requests can come from. */
export const regionNamesOf = (load: LoadSpec): readonly string[] =>
  load.regions?.map(({ name }) => name) ?? DEFAULT_REGIONS.map(([name]) => name);

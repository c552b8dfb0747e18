/** The address that shows somebody else the same screen: what moves with the clock is fixed at its simulated time. Pure. */
import { APART_PARAMETER, formatSplit, readSplit, SPLIT_PARAMETER } from "../../state/split-url.js";
import { resolveWindow } from "../../state/time-range.js";
import { formatUrl, mergeParameters } from "../../state/url-state.js";
import type { UrlParts } from "../../state/url-state.js";

/** @param nowUs what `now` meant for what is on the screen */
export function sharedAddress(parts: UrlParts, nowUs: number): string {
  const parameters = mergeParameters(fixed(parts.parameters, nowUs), {
    [SPLIT_PARAMETER]: fixedSplit(parts.parameters, nowUs),
  });
  return formatUrl({ ...parts, parameters });
}

function fixed(parameters: ReadonlyMap<string, string>, nowUs: number): ReadonlyMap<string, string> {
  const { fromUs, toUs } = resolveWindow(parameters, nowUs);
  return mergeParameters(parameters, { from: String(fromUs), to: String(toUs) });
}

function fixedSplit(parameters: ReadonlyMap<string, string>, nowUs: number): string | undefined {
  const text = parameters.get(SPLIT_PARAMETER);
  const split = readSplit(text);
  if (split === undefined || !parameters.has(APART_PARAMETER)) return text;
  return formatSplit(split.view, fixed(new Map(new URLSearchParams(split.search)), nowUs));
}

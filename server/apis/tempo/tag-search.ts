/**
 * The search by tags that Tempo had before its language: `tags` in logfmt, and bounds of the duration, as a condition of
 * the language. Source: grafana/tempo/pkg/api/http.go, docs/sources/tempo/api_docs.
 */
import type { Stage } from "../../query/traceql/ast.js";
import { durationIs, filterOf, tagIs } from "../../query/traceql/conditions.js";
import { BadTempoRequest } from "./parameters.js";

export function tagStages(
  tags: string,
  minDurationUs: number | undefined,
  maxDurationUs: number | undefined,
): readonly Stage[] {
  const conditions = parseTags(tags).map(([name, value]) => tagIs(name, value));
  if (minDurationUs !== undefined) conditions.push(durationIs(">=", minDurationUs, "traceDuration"));
  if (maxDurationUs !== undefined) conditions.push(durationIs("<=", maxDurationUs, "traceDuration"));
  return [filterOf(conditions)];
}

/** `a=b c="d e"`: pairs in logfmt. */
function parseTags(text: string): readonly (readonly [name: string, value: string])[] {
  const pairs: [string, string][] = [];
  const pattern = /\s*([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)/y;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null)
      throw new BadTempoRequest(`invalid tags: logfmt syntax error at pos ${String(at + 1)} on line 1`);
    const quoted = match.at(2);
    pairs.push([match[1], quoted === undefined ? (match.at(3) ?? "") : quoted.replace(/\\(.)/g, "$1")]);
    at = pattern.lastIndex;
  }
  return pairs;
}

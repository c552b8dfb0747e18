/**
 * The unit of a query's answer, read off its text: metric names carry their units (OpenTelemetry's and Prometheus's
 * naming), functions change them. A guess for axes where nobody said the unit; empty where the text does not tell.
 */

/** Rules in order; the first that matches decides. */
const RULES: readonly { readonly pattern: RegExp; readonly unit: string }[] = [
  { pattern: /histogram_quantile\s*\(/, unit: "s" },
  { pattern: /_seconds_sum\b[\s\S]*\/[\s\S]*_seconds_count\b/, unit: "s" },
  { pattern: /\/\s*(?:on\b|ignoring\b|scalar\b|sum\b|count\b|avg\b|\(|[a-z_:]+(?:\{|\[|$))/, unit: "ratio" },
  { pattern: /\b(?:rate|irate)\s*\([^)]*_bytes_total/, unit: "By/s" },
  { pattern: /\b(?:rate|irate)\s*\([^)]*_seconds_total/, unit: "cores" },
  { pattern: /\b(?:rate|irate)\s*\(/, unit: "/s" },
  { pattern: /_bytes\b/, unit: "By" },
  { pattern: /_(?:seconds|duration_seconds_\w+)\b/, unit: "s" },
  // The second form is a recorded one: `job:errors:ratio_rate5m`.
  { pattern: /_ratio\b|:ratio(?:_\w+)?\b/, unit: "ratio" },
];

/** `s`, `By`, `ratio`, `/s`, `By/s`, `cores` or empty, as `formatUnit` takes it. */
export function unitOfQuery(query: string): string {
  return RULES.find(({ pattern }) => pattern.test(query))?.unit ?? "";
}

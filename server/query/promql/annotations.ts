/**
 * Remarks that ride beside a result: warnings (part of the data could not be used) and infos (the result may not be what
 * was meant), each with the position of the expression that it is about. Source: prometheus/util/annotations.
 */
import { lineAndColumn } from "../../base/diagnostic.js";
import type { TextRange } from "./ast.js";
import { formatValue, quote } from "./literals.js";

export class Annotations {
  private readonly warningTexts = new Set<string>();
  private readonly infoTexts = new Set<string>();

  constructor(private readonly query: string) {}

  get warnings(): readonly string[] {
    return [...this.warningTexts];
  }

  get infos(): readonly string[] {
    return [...this.infoTexts];
  }

  possibleNonCounter(metric: string, at: TextRange): void {
    this.info(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metric)}`, at);
  }

  invalidQuantile(value: number, at: TextRange): void {
    this.warning(`quantile value should be between 0 and 1, got ${formatValue(value)}`, at);
  }

  invalidRatio(value: number, used: number, at: TextRange): void {
    this.warning(
      `ratio value should be between -1 and 1, got ${formatValue(value)}, capping to ${formatValue(used)}`,
      at,
    );
  }

  badBucketLabel(metric: string, label: string, at: TextRange): void {
    this.warning(
      `bucket label "le" is missing or has a malformed value of ${quote(label)} for metric name ${quote(metric)}`,
      at,
    );
  }

  forcedMonotonicity(metric: string, at: TextRange): void {
    const see = "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile";
    this.info(
      `input to histogram_quantile needed to be fixed for monotonicity (see ${see}) for metric name ${quote(metric)}`,
      at,
    );
  }

  private warning(text: string, at: TextRange): void {
    this.warningTexts.add(`PromQL warning: ${text} (${this.place(at)})`);
  }

  private info(text: string, at: TextRange): void {
    this.infoTexts.add(`PromQL info: ${text} (${this.place(at)})`);
  }

  private place(at: TextRange): string {
    const { line, column } = lineAndColumn(this.query, at.from);
    return `${String(line)}:${String(column)}`;
  }
}

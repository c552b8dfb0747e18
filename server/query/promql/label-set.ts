/**
 * The labels of one series as the evaluator handles them: immutable, ascending by name, with a key that is computed once.
 * Two sets are equal when their keys are.
 */
import type { Labels } from "../../telemetry/metric-reader.js";
import { quote } from "./literals.js";

export const METRIC_NAME = "__name__";

/** What a value loses together with the name when it is no longer the metric: its type and unit, where they are labels. */
export const METADATA_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, "__type__", "__unit__"]);

/** Cannot occur in a label: names and values are valid UTF-8, and this is a lone surrogate. */
const SEPARATOR = "\udfff";

export class LabelSet {
  private cachedKey: string | undefined;

  /**
   * @param pairs name, value, name, value …, ascending by name, no empty values
   * @param losesName the name is to go when the whole query has been evaluated (see QueryOptions.delayedNameRemoval)
   */
  private constructor(
    private readonly pairs: readonly string[],
    readonly losesName = false,
  ) {}

  static readonly EMPTY = new LabelSet([]);

  static of(labels: Labels): LabelSet {
    const pairs: string[] = [];
    for (const name of Object.keys(labels).sort()) {
      const value = labels[name];
      if (value !== "") pairs.push(name, value);
    }
    return new LabelSet(pairs);
  }

  get size(): number {
    return this.pairs.length / 2;
  }

  get key(): string {
    this.cachedKey ??= this.pairs.join(SEPARATOR);
    return this.cachedKey;
  }

  /** Value of a label, "" when it is not there. */
  get(name: string): string {
    const { pairs } = this;
    for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === name) return pairs[index + 1];
    return "";
  }

  without(names: ReadonlySet<string>): LabelSet {
    return this.filter((name) => !names.has(name));
  }

  /** Without the name, and without what else describes the metric. */
  withoutName(): LabelSet {
    return this.filter((name) => !METADATA_LABELS.has(name));
  }

  /** The same labels, of which the name goes at the end of the query or stays after all. */
  losingName(losesName: boolean): LabelSet {
    return losesName === this.losesName ? this : new LabelSet(this.pairs, losesName);
  }

  keep(names: ReadonlySet<string>): LabelSet {
    return this.filter((name) => names.has(name));
  }

  /** With some labels set; an empty value removes the label. */
  with(changes: Labels): LabelSet {
    return LabelSet.of({ ...this.toLabels(), ...changes }).losingName(this.losesName);
  }

  private filter(wanted: (name: string) => boolean): LabelSet {
    const pairs: string[] = [];
    for (let index = 0; index < this.pairs.length; index += 2) {
      if (wanted(this.pairs[index])) pairs.push(this.pairs[index], this.pairs[index + 1]);
    }
    if (pairs.length === this.pairs.length) return this;
    return pairs.length === 0 ? LabelSet.EMPTY.losingName(this.losesName) : new LabelSet(pairs, this.losesName);
  }

  toLabels(): Record<string, string> {
    const labels: Record<string, string> = {};
    for (let index = 0; index < this.pairs.length; index += 2) labels[this.pairs[index]] = this.pairs[index + 1];
    return labels;
  }

  /** `{__name__="up", job="cart"}`, as Prometheus shows a set in messages. */
  toString(): string {
    const parts: string[] = [];
    for (let index = 0; index < this.pairs.length; index += 2)
      parts.push(`${this.pairs[index]}=${quote(this.pairs[index + 1])}`);
    return `{${parts.join(", ")}}`;
  }
}

/** Order by names and values, as Prometheus sorts the series of a matrix. */
export function compareLabelSets(left: LabelSet, right: LabelSet): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

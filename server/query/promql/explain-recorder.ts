/**
 * What a query costs, part by part: a tree like the syntax tree with the series, samples and time of each node, for
 * whoever wants to know why a query is slow. Kept while the evaluator runs; without it nothing is measured.
 */
import type { Expr, TextRange } from "./ast.js";
import type { QueryBudget } from "./limits.js";

export interface ExplainNode extends TextRange {
  readonly kind: Expr["kind"];
  /** The part of the query that the node stands for. */
  readonly text: string;
  /** That the node gave. */
  readonly series: number;
  /** Read for the node, those of its parts included. */
  readonly samples: number;
  /** With its parts; 0 where nobody handed over a clock. */
  readonly timeMs: number;
  readonly children: readonly ExplainNode[];
}

interface OpenNode extends ExplainNode {
  series: number;
  samples: number;
  timeMs: number;
  children: OpenNode[];
}

export class ExplainRecorder {
  private readonly open: OpenNode[] = [];
  private last: OpenNode | undefined;

  constructor(
    private readonly text: string,
    private readonly clockMs: () => number,
  ) {}

  /** The tree of what was evaluated last; undefined before. */
  get root(): ExplainNode | undefined {
    return this.last;
  }

  /** Runs `compute` as the node of `expr`. */
  node<Value>(expr: Expr, budget: QueryBudget, compute: () => Value, seriesOf: (value: Value) => number): Value {
    const { kind, from, to } = expr;
    const node: OpenNode = {
      kind,
      text: this.text.slice(from, to),
      from,
      to,
      series: 0,
      samples: 0,
      timeMs: 0,
      children: [],
    };
    this.open.at(-1)?.children.push(node);
    this.open.push(node);
    const samplesBefore = budget.samplesRead;
    const startedMs = this.clockMs();
    try {
      const value = compute();
      node.series = seriesOf(value);
      return value;
    } finally {
      node.samples += budget.samplesRead - samplesBefore;
      node.timeMs += this.clockMs() - startedMs;
      this.open.pop();
      this.last = node;
    }
  }

  /** `work`, whose samples and time are added to the node that ended last whenever it is called later. */
  attributed<Arguments extends unknown[], Value>(
    budget: QueryBudget,
    work: (...args: Arguments) => Value,
  ): (...args: Arguments) => Value {
    const node = this.last;
    return (...args) => {
      const samplesBefore = budget.samplesRead;
      const startedMs = this.clockMs();
      const value = work(...args);
      if (node !== undefined) {
        node.samples += budget.samplesRead - samplesBefore;
        node.timeMs += this.clockMs() - startedMs;
      }
      return value;
    };
  }
}

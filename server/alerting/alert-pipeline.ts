/**
 * From rules to messages: the metrics server evaluates its rules and posts what fires to Alertmanager, which decides who
 * hears of it. It follows the engine's clock and gives the same messages however that is sliced.
 */
import { MICROS_PER_MS } from "../base/time.js";
import type { Silences } from "../sim/observability/silences.js";
import type { Labels, MetricReader } from "../telemetry/metric-reader.js";
import type { AlertmanagerSpec } from "../topology/alertmanager-spec.js";
import type { RuleGroupSpec, RuleSpec } from "../topology/types.js";
import { AlertSender } from "./alertmanager/alert-sender.js";
import { Alertmanager, type AlertmanagerCounts } from "./alertmanager/alertmanager.js";
import { ALERTMANAGER_METADATA, alertmanagerSamples } from "./alertmanager/metrics.js";
import type { PostedAlert } from "./alertmanager/alerts.js";
import { SilenceBook } from "./alertmanager/silence-book.js";
import { METRICS_SERVER_OWN, metricsServerSamples, type MetricsServerTarget } from "./metrics-server-samples.js";
import type { RuleQueries } from "./rule-queries.js";
import { RuleEvaluator, type AppendSample, type EvaluationCounts } from "./rule-evaluator.js";

export interface AlertPipelineOptions {
  /** Groups that have passed checkRuleGroups. */
  readonly groups: readonly RuleGroupSpec[];
  /** Between two evaluations of groups that do not say it. */
  readonly intervalMs: number;
  readonly reader: MetricReader;
  readonly readerOf?: (group: string, rule: RuleSpec) => MetricReader | undefined;
  readonly append: AppendSample;
  readonly spec: AlertmanagerSpec;
  /** Asked each time: a living world may go on from a stored state. */
  readonly silences: () => Pick<Silences, "list">;
  /** Of the metrics server, for links. */
  readonly externalUrl: string;
  /** When Alertmanager was started. */
  readonly startMs: number;
  readonly queries?: RuleQueries;
  /** What both servers had counted before, when another pipeline followed them. */
  readonly counted?: PipelineCounts;
  /** Labels of the target that Alertmanager is to the metrics server; it does not look at it where there are none. */
  readonly target?: Labels;
  /** The metrics server, for what it tells of itself; nothing where it is left out. */
  readonly metricsServer?: MetricsServerTarget;
}

/** What only rises: for the pipeline that goes on where this one ends. */
export interface PipelineCounts {
  readonly rules: Readonly<Record<string, EvaluationCounts>>;
  readonly alertmanager: AlertmanagerCounts;
}

/** When the metrics server should have evaluated its rules, whether it did (1), and how long that took it. */
interface Iterations {
  readonly atUs: readonly number[];
  readonly ran: readonly number[];
  readonly tookUs: readonly number[];
}

/** From so many evaluations on, one pass over the samples is cheaper than as many instants. */
const LOOK_AHEAD_LEAST = 4;

export class AlertPipeline {
  readonly rules: RuleEvaluator;
  readonly alertmanager: Alertmanager;
  readonly silences: SilenceBook;
  private readonly sender: AlertSender;
  private readonly append: AppendSample;
  private readonly target: Labels | undefined;
  private readonly metricsServer: MetricsServerTarget | undefined;
  private posted: PostedAlert[] = [];
  private iterations = 0;

  constructor(options: AlertPipelineOptions) {
    const { groups, intervalMs, reader, readerOf, append, spec, startMs, counted, queries } = options;
    this.append = append;
    this.target = options.target;
    this.metricsServer = options.metricsServer;
    this.silences = new SilenceBook(options.silences);
    this.alertmanager = new Alertmanager({
      spec,
      silences: this.silences,
      startMs,
      ...(counted === undefined ? {} : { counted: counted.alertmanager }),
    });
    this.sender = new AlertSender(options.externalUrl);
    this.rules = new RuleEvaluator({
      groups,
      intervalMs,
      reader,
      ...(readerOf === undefined ? {} : { readerOf }),
      ...(counted === undefined ? {} : { counted: counted.rules }),
      ...(queries === undefined ? {} : { queries }),
      writtenBeside: this.ownSeries(),
      append,
      externalUrl: options.externalUrl,
      evaluated: (one) => this.posted.push(...this.sender.send(one)),
    });
  }

  get counts(): PipelineCounts {
    const rules = this.rules.status().map(({ name, evaluations, failures }) => [name, { evaluations, failures }]);
    return { rules: Object.fromEntries(rules) as PipelineCounts["rules"], alertmanager: this.alertmanager.counts };
  }

  /**
   * Does what is due up to `nowUs`: each evaluation that the metrics server ran or missed, once, in order. `changedAt`
   * has the expressions of rules that somebody had changed by then.
   */
  follow(
    { atUs, ran, tookUs }: Iterations,
    nowUs: number,
    changedAt: (atUs: number) => Readonly<Record<string, string>>,
  ): void {
    this.lookAhead(atUs.slice(this.iterations));
    for (; this.iterations < atUs.length; this.iterations++) {
      const at = atUs[this.iterations];
      const atMs = Math.floor(at / MICROS_PER_MS);
      const isBusy = ran[this.iterations] !== 1;
      if (!isBusy) this.scrape(atMs);
      this.rules.iterate(atMs, !isBusy, { changed: changedAt(at), tookMs: tookUs[this.iterations] / MICROS_PER_MS });
      if (!isBusy) this.tellOwn(atMs);
      if (this.posted.length > 0) this.alertmanager.receive(this.posted, atMs);
      this.posted = [];
    }
    this.alertmanager.advance(Math.floor(nowUs / MICROS_PER_MS));
  }

  /** Many evaluations at once, as of a history: what rules read is there for all of them. */
  private lookAhead(atUs: readonly number[]): void {
    if (atUs.length < LOOK_AHEAD_LEAST) return;
    const atMs = atUs.map((at) => Math.floor(at / MICROS_PER_MS));
    const [startMs, second] = atMs;
    const grid = { startMs, stepMs: second - startMs, steps: atMs.length };
    if (atMs.every((at, step) => at === startMs + step * grid.stepMs)) this.rules.lookAhead(grid);
  }

  /** What is written beside the series of rules. */
  private ownSeries(): readonly Labels[] {
    const { target, metricsServer } = this;
    const alertmanager = ["up", ...ALERTMANAGER_METADATA.map(({ name }) => name)];
    return [
      ...(target === undefined ? [] : alertmanager.map((name) => ({ ...target, __name__: name }))),
      ...(metricsServer === undefined
        ? []
        : METRICS_SERVER_OWN.map((name) => ({ ...metricsServer.labels, __name__: name }))),
    ];
  }

  private tellOwn(atMs: number): void {
    if (this.metricsServer === undefined) return;
    for (const { labels, value } of metricsServerSamples(this.metricsServer, this.rules.status(), atMs))
      this.append(labels, atMs, value);
  }

  /**
   * Simplification: what Alertmanager tells of itself is read with the evaluation of rules and not at a time of its own,
   * because it follows the engine.
   */
  private scrape(atMs: number): void {
    const { target } = this;
    if (target === undefined) return;
    this.alertmanager.advance(atMs);
    for (const { labels, value } of alertmanagerSamples(this.alertmanager, this.silences, atMs))
      this.append({ ...labels, ...target }, atMs, value);
    this.append({ __name__: "up", ...target }, atMs, 1);
  }
}

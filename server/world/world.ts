/**
 * One running world: the engine, the stores that keep its telemetry, and the alert rules that watch it, together on
 * one simulated clock. A pure function of (scenario, seed, faults or not, actions): how time is sliced changes nothing.
 */
import { SCRAPED_METADATA } from "../alerting/scraped-metadata.js";
import type { AlertPipeline, PipelineCounts } from "../alerting/alert-pipeline.js";
import { makeMatcher } from "../alerting/alertmanager/label-matchers.js";
import type { Notification } from "../alerting/alertmanager/notification.js";
import { alertmanagerAnswer } from "../alerting/alertmanager/answer.js";
import type { SilenceBook } from "../alerting/alertmanager/silence-book.js";
import { RuleQueries } from "../alerting/rule-queries.js";
import { sloLedgers } from "../alerting/slo-ledger.js";
import { SloMeter } from "../alerting/slo.js";
import type { ApiWorld } from "../apis/api-world.js";
import { findApi } from "../apis/api-table.js";
import { ExportSessions } from "../apis/export/export.js";
import { assert } from "../base/assert.js";
import { MICROS_PER_MINUTE, MICROS_PER_MS, simTime, subtractTime, type SimTime } from "../base/time.js";
import { compareSets } from "../query/compare/compare.js";
import { BadLineQuery, compileLineQuery } from "../query/logql/line-query.js";
import { readLogql } from "../query/logql/reading.js";
import { fieldSeriesOf } from "../query/logs/field-series.js";
import { patternsOf } from "../query/logs/patterns.js";
import { answerPrometheus, QueryCache } from "../query/promql/http-api.js";
import type { Scenario } from "../scenario/types.js";
import { planAction } from "../sim/action-plan.js";
import { CheckpointLine } from "../sim/branch.js";
import { Engine } from "../sim/engine.js";
import { pagePatienceUs } from "../sim/page-views.js";
import { ProfileTable } from "../sim/profile-table.js";
import { VersionHistory } from "../sim/version-history.js";
import { ProfileStore } from "../telemetry/profile-store.js";
import { livingParts } from "../sim/observability/seen-spans.js";
import { attributeNames } from "../sim/span-attributes.js";
import type { SpanTable } from "../sim/span-table.js";
import type { TimedAction } from "../sim/timeline.js";
import { FateTally } from "../telemetry/fate-tally.js";
import { SAMPLE_KINDS } from "../telemetry/scrape-tally.js";
import { ImpactMeter } from "../telemetry/impact.js";
import type { LineQuery } from "../telemetry/log-reader.js";
import { LogStore } from "../telemetry/log-store.js";
import type { MetricReader } from "../telemetry/metric-reader.js";
import { MetricStore } from "../telemetry/metric-store.js";
import { PageViewStore } from "../telemetry/page-view-store.js";
import { profiledProcesses, profileTimeline } from "../telemetry/profile-timeline.js";
import { profileTree } from "../telemetry/profile-tree.js";
import { RetentionClock } from "../telemetry/retention-clock.js";
import { ServiceMapper } from "../telemetry/service-map.js";
import type { SpanSource } from "../telemetry/sources.js";
import { TraceStore } from "../telemetry/trace-store.js";
import type { Model } from "../topology/model-types.js";
import { retentionOf } from "../topology/retention.js";
import type { Action, ActionPlan } from "../wire/actions.js";
import type { AlertMatcher } from "../wire/alerting.js";
import type { TelemetryLedger } from "../wire/ledger.js";
import type { Page } from "../wire/run.js";
import type { AlertsAnswer, TimeWindow } from "../wire/telemetry.js";
import { toTimedAction } from "./actions.js";
import { catalogueOf } from "./catalogue.js";
import { changeList } from "./change-list.js";
import { ActionRefused, QueryRefused, type ActedAnswer, type WorldQueries, type WorldStart } from "./handle.js";
import { historyFrom, importHistory, modelOf, recentFrom, WARM_UP, type HistoryExport } from "./history.js";
import { profileSource } from "./profiles.js";
import { RecentReader } from "./recent-reader.js";
import { exemplarFacts, identityOf, type SegmentFacts, segmentOf } from "./segment.js";
import { WorldLedger } from "./world-ledger.js";
import { watch } from "./watch.js";
import { WhatIf } from "./what-if.js";
import { SightLoss } from "./sight-loss.js";
import { traceQuestions } from "./trace-questions.js";

/** Simulated time between two looks at whether a checkpoint is due. */
const STRETCH = MICROS_PER_MINUTE;

export interface WorldOptions {
  readonly seed: string;
  /** In order of time; each is carried out when the clock comes by. */
  readonly actions: readonly TimedAction[];
  /** False: the healthy twin. */
  readonly faults: boolean;
}

export class World {
  readonly model: Model;
  readonly recentFromUs: SimTime;
  readonly queries: WorldQueries;
  readonly #engine: Engine;
  readonly #metrics: MetricStore;
  readonly #logs: LogStore;
  readonly #traces: TraceStore;
  readonly #map: ServiceMapper;
  readonly #profiles: ProfileStore;
  readonly #pageViews: PageViewStore;
  readonly #impact: ImpactMeter;
  #alerting: AlertPipeline;
  readonly #ruleQueries = new RuleQueries();
  readonly #slos: SloMeter;
  readonly #sight: SightLoss;
  readonly #ledger: WorldLedger;
  readonly #retention: RetentionClock;
  readonly #promql = new QueryCache();
  readonly #exports = new ExportSessions();
  /** What the metrics server has not thrown away. Simplification: to the sample, where a real one drops whole blocks. */
  readonly #retained: RecentReader;
  readonly #pending: TimedAction[];
  /** Orders that were carried out, in order of time. */
  readonly #done: TimedAction[] = [];
  readonly #checkpoints = new CheckpointLine();
  readonly #sources: SpanSource[] = [];
  /** Of the machine that computes the world: limits what one query may take. */
  #clockMs: (() => number) | undefined;
  #dataFromUs: SimTime;
  #page: Page | undefined;

  /** A world that stands at the beginning of its recent part. */
  static create(scenario: Scenario, options: WorldOptions): World {
    return new World(scenario, options);
  }

  /** A world as it is at `start.nowUs`, after the actions that its run has logged. */
  static at(scenario: Scenario, start: WorldStart, clockMs?: () => number): World {
    const actions = start.actions.map(({ id, action, atUs }) => toTimedAction(id, action, simTime(atUs)));
    const world = new World(scenario, { seed: start.seed, actions, faults: start.faults });
    world.#clockMs = clockMs;
    world.advance(simTime(start.nowUs));
    return world;
  }

  private constructor(
    readonly scenario: Scenario,
    options: WorldOptions,
  ) {
    const model = modelOf(scenario);
    const { plant } = scenario.topology;
    this.model = model;
    this.recentFromUs = recentFrom(scenario);
    this.#dataFromUs = this.recentFromUs;
    this.#pending = [...options.actions];
    this.#sight = new SightLoss(this.recentFromUs, plant.metricsServer);
    this.#ledger = new WorldLedger(model);
    this.#metrics = new MetricStore({ exemplarOf: (segment, row) => this.#exemplar(segment, row) });
    this.#engine = new Engine(model, {
      seed: options.seed,
      startAt: subtractTime(this.recentFromUs, WARM_UP),
      recordFrom: this.recentFromUs,
      faultsOn: options.faults,
      sink: {
        scrape: (result, values, exemplarRows, dynamic) => {
          this.#sight.hear(result);
          this.#ledger.scrapes.hear(result);
          this.#metrics.scrape(result, values, exemplarRows, dynamic);
        },
        scrapeMissed: (...missed) => {
          this.#ledger.scrapes.missed(...missed);
        },
        targetRemoved: (target, atUs) => this.#metrics.targetRemoved(target, atUs),
      },
    });
    this.#retention = new RetentionClock(plant, () => this.nowUs);
    const recent = segmentOf(1, this.#living(), {
      model,
      draws: this.#engine.draws,
      retention: this.#retention,
      recordedFromUs: this.recentFromUs,
    });
    this.#sources[1] = recent.spans;
    this.#ledger.add({
      ...recent,
      profiles: {
        table: () => this.#engine.profiles,
        accounts: () => this.#engine.profileAccounts,
        afterUs: this.recentFromUs,
        untilUs: Infinity,
      },
      scrapes: this.#ledger.scrapes.tally,
    });
    const identity = identityOf(this.#engine.draws);
    const sampleRatio = plant.traceSampleRatio;
    this.#logs = new LogStore({
      model,
      identity,
      recent: recent.logs,
      compileQuery,
      clockMs: () => this.#clockMs?.(),
    });
    this.#traces = new TraceStore({ model, identity, recent: recent.spans, sampleRatio });
    this.#profiles = new ProfileStore(
      profileSource(model, this.#engine.versions, () => this.#engine.profiles, {
        afterUs: this.recentFromUs,
        untilUs: Infinity,
      }),
      () => this.nowUs - retentionOf(plant, "profiles").warmUs,
    );
    this.#pageViews = new PageViewStore({
      browser: scenario.topology.browser,
      draws: this.#engine.draws,
      table: () => this.#engine.pageViews,
      recordedFromUs: this.recentFromUs,
      patienceUs: pagePatienceUs(model),
      traceId: (request) => identity.traceId(request),
    });
    this.#map = new ServiceMapper({ model, components: model.components, sampleRatio, recent: recent.spans });
    const patience = new Map(
      model.journeys.map(({ operation, spec }) => [
        model.operations[operation].serverSite,
        { patienceUs: spec.patience, weight: spec.impactWeight },
      ]),
    );
    this.#impact = new ImpactMeter({
      patience,
      isPerson: (request) => this.#engine.draws.isPerson(request),
      recent: recent.spans,
      nowUs: () => this.nowUs,
    });
    const retentionMs = retentionOf(plant, "metrics").warmUs / MICROS_PER_MS;
    this.#retained = new RecentReader(this.#metrics, () => this.nowUs / MICROS_PER_MS - retentionMs);
    this.#alerting = this.#watch("awaited");
    this.#slos = new SloMeter(scenario.topology.slos, this.#metrics);
    this.queries = this.#makeQueries();
  }

  get nowUs(): SimTime {
    return this.#engine.now;
  }

  /** Whether a person sent the request, neither a probe nor an automated client. */
  isPerson(request: number): boolean {
    return this.#engine.draws.isPerson(request);
  }

  /** Spans of the recent part. */
  get spans(): SpanTable {
    return this.#engine.spans;
  }

  /** What the metrics server holds. */
  get metrics(): MetricReader {
    return this.#retained;
  }

  /** Simulates everything up to and including `until`; earlier than now does nothing. Answers with now. */
  advance(until: SimTime): SimTime {
    while (this.#pending.length > 0 && this.#pending[0].at <= until) {
      const next = this.#pending.shift();
      assert(next !== undefined, "a queue with a length has a first element");
      this.#simulateTo(next.at);
      this.#order(next);
      this.#evaluateRules();
    }
    this.#simulateTo(until);
    return this.nowUs;
  }

  /** Other courses of this world: its twin, without an order, with another fault. */
  get whatIf(): WhatIf {
    return new WhatIf(this.scenario, this.#engine, this.#checkpoints, this.#done);
  }

  /** In stretches, so that there are checkpoints to branch from. */
  #simulateTo(until: SimTime): void {
    for (;;) {
      this.#checkpoints.watch(this.#engine);
      const next = simTime(Math.min(until, this.nowUs + STRETCH));
      this.#engine.run(next);
      this.#evaluateRules();
      if (next === until) return;
    }
  }

  #order(timed: TimedAction): number {
    this.#done.push(timed);
    return this.#engine.act(timed.id, timed.at, timed.action).completesAt;
  }

  /** Simulates to the next alert or change after now, or to `limit` where none comes before; answers with now. */
  advanceToNextEvent(limit: SimTime): SimTime {
    const step = this.scenario.topology.plant.ruleInterval;
    const before = this.#eventCount();
    while (this.nowUs < limit && this.#eventCount() === before) {
      this.advance(simTime(Math.min(limit, this.nowUs + step)));
    }
    return this.nowUs;
  }

  /** Orders an action at `at`. Throws ActionRefused when it cannot be carried out as the world stands then. */
  act(id: string, action: Action, at: SimTime): ActedAnswer {
    this.advance(at);
    const plan = this.#plan(action);
    const timed = toTimedAction(id, action, at);
    return { plan, completesAtUs: this.#order(timed) };
  }

  /** Puts the history before the recent part; once. */
  attachHistory(history: HistoryExport): void {
    const from = historyFrom(this.scenario);
    const segment = segmentOf(0, importHistory(history, this.model, subtractTime(from, WARM_UP)), {
      model: this.model,
      draws: this.#engine.draws,
      recordedFromUs: from,
      retention: this.#retention,
    });
    this.#sources[0] = segment.spans;
    this.#metrics.attachHistory(history.metrics);
    this.#logs.attachHistory(segment.logs);
    this.#traces.attachHistory(segment.spans);
    this.#map.attachHistory(segment.spans);
    const { rows, columns, accounts } = history.profiles;
    const profiles = new ProfileTable(columns, rows);
    const scrapes = new FateTally(SAMPLE_KINDS);
    scrapes.import(history.scrapes);
    const window = { afterUs: from, untilUs: this.recentFromUs };
    this.#ledger.add({
      ...segment,
      profiles: { table: () => profiles, accounts: () => accounts, ...window },
      scrapes,
    });
    const versions = new VersionHistory(this.model, history.versions);
    this.#profiles.attachHistory(profileSource(this.model, versions, () => profiles, window));
    this.#impact.attachHistory(segment.spans);
    this.#alerting = this.#watch({ counted: history.alerting });
    this.#evaluateRules();
    this.#dataFromUs = from;
  }

  /** Hash over all facts and samples of the recent part; equal for equal (scenario, seed, faults, actions, now). */
  digest(): string {
    return `${this.#engine.digest()}-${this.#metrics.digest()}`;
  }

  /** One of the queries, by name, as it comes over a thread's border. */
  query(name: keyof WorldQueries, parameters: readonly unknown[]): unknown {
    const queries = this.queries as unknown as Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;
    return queries[name](...parameters);
  }

  /** Scrapes that failed and rule evaluations that were missed, by minute of the recent part. */
  lostSightPerMinute(minutes: number): number[] {
    const lost = this.#sight.failedPerMinute(minutes);
    const { atUs, ran } = this.#engine.ruleIterations;
    atUs.forEach((at, index) => {
      const minute = Math.floor((at - this.recentFromUs) / MICROS_PER_MINUTE);
      if (ran[index] === 0 && minute >= 0 && minute < minutes) lost[minute]++;
    });
    return lost;
  }

  get sight(): SightLoss {
    return this.#sight;
  }

  #living(): SegmentFacts {
    const { spans, logs, lifecycle, versions, observability } = this.#engine;
    return { spans, logs, lifecycle, versions, seen: livingParts(observability), shipping: observability.shipper };
  }

  #exemplar(segment: 0 | 1, row: number): ReturnType<typeof exemplarFacts> {
    const source = this.#sources.at(segment);
    if (source === undefined) return undefined;
    return exemplarFacts(source, row, identityOf(this.#engine.draws), this.scenario.topology.plant.traceSampleRatio);
  }

  #eventCount(): number {
    return (
      this.#alerting.rules.transitions.length +
      this.#engine.changeRecords.filter(({ startedUs }) => startedUs !== undefined).length
    );
  }

  #watch(before: "awaited" | { readonly counted: PipelineCounts }): AlertPipeline {
    return watch(this.scenario, {
      model: this.model,
      metrics: this.#metrics,
      fromUs: this.recentFromUs,
      queries: this.#ruleQueries,
      silences: () => this.#engine.observability.silences,
      before,
    });
  }

  /** Brings alerting up to the engine's clock. */
  #evaluateRules(): void {
    const { ruleIterations, observability } = this.#engine;
    this.#alerting.follow(ruleIterations, this.nowUs, (atUs) => observability.rules.at(atUs));
    this.#page ??= this.#findPage();
  }

  /** The first message that tells of the scenario's alert. */
  #findPage(): Page | undefined {
    const { alert: name, runbook } = this.scenario.page;
    const { rules, alertmanager } = this.#alerting;
    if (!alertmanager.notifications.some((message) => tellsOf(message, name))) return undefined;
    const rule = rules.alerts().rules.find((candidate) => candidate.name === name && candidate.state === "firing");
    const alert = rule?.alerts.find(({ state }) => state === "firing");
    if (rule === undefined || alert === undefined) return undefined;
    return {
      alert: name,
      severity: rule.severity,
      service:
        textOf(alert.labels, "service") ?? textOf(alert.labels, "job") ?? this.scenario.grading.alertingComponent,
      summary: textOf(alert.annotations, "summary") ?? textOf(alert.annotations, "description") ?? name,
      firingSinceUs: alert.firingSinceUs ?? alert.activeSinceUs,
      expr: rule.expr,
      runbook,
    };
  }

  #plan(action: Action): ActionPlan {
    if (action.kind === "post-silence") checkMatchers(action.matchers);
    const plan = planAction(this.#engine, toTimedAction("plan", action, this.nowUs).action);
    if (!plan.ok) throw new ActionRefused(plan.error.message, plan.error.remedy);
    return plan.value;
  }

  #upToNow(window: TimeWindow): TimeWindow {
    return { fromUs: window.fromUs, toUs: Math.min(window.toUs, this.nowUs) };
  }

  #account(window: TimeWindow): TelemetryLedger {
    return this.#ledger.answer(window, { nowUs: this.nowUs, dataFromUs: this.#dataFromUs });
  }

  #apiWorld(): ApiWorld {
    return {
      model: this.model,
      nowUs: this.nowUs,
      dataFromUs: this.#dataFromUs,
      historyFromUs: historyFrom(this.scenario),
      exports: this.#exports,
      ledger: (window) => this.#account(window),
      metrics: this.#retained,
      promql: this.#promql,
      rules: this.#alerting.rules,
      alertmanager: this.#alerting.alertmanager,
      silences: this.#alerting.silences,
      logs: this.#logs,
      traces: this.#traces,
      map: this.#map,
      profiles: this.#profiles,
      ...(this.#clockMs === undefined ? {} : { clockMs: this.#clockMs }),
    };
  }

  #makeQueries(): WorldQueries {
    return {
      logs: (request) => this.#logs.page({ ...request, ...this.#upToNow(request) }),
      logHistogram: (request) => this.#logs.histogram({ ...request, ...this.#upToNow(request) }),
      logFields: (request) => this.#logs.fields({ ...request, ...this.#upToNow(request) }),
      logPatterns: (request) => {
        const baseline = this.#upToNow(request.baseline);
        return patternsOf(this.#logs, { ...request, ...this.#upToNow(request), baseline }, this.#dataFromUs);
      },
      logFieldSeries: (request) => fieldSeriesOf(this.#logs, { ...request, ...this.#upToNow(request) }),
      logContext: (request) => this.#logs.context(request),
      readLogql: (text) => readLogql(text, attributeNames(this.model)),
      traces: (request) => this.#traces.search({ ...request, ...this.#upToNow(request) }),
      trace: (traceId) => this.#traces.trace(traceId),
      traceVocabulary: () => this.#traces.vocabulary(),
      ...traceQuestions(this.#traces, {
        upToNow: (window) => this.#upToNow(window),
        clockMs: () => this.#clockMs,
      }),
      profile: (request) => this.#profiles.profile({ ...request, ...this.#upToNow(request) }),
      profileDifference: (before, after) =>
        this.#profiles.difference({ ...before, ...this.#upToNow(before) }, { ...after, ...this.#upToNow(after) }),
      profileTree: ({ baseline, ...request }) =>
        profileTree(this.#profiles, {
          ...request,
          ...this.#upToNow(request),
          ...(baseline === undefined ? {} : { baseline: { ...baseline, ...this.#upToNow(baseline) } }),
        }),
      profileTimeline: (request) => profileTimeline(this.#profiles, { ...request, ...this.#upToNow(request) }),
      profiledProcesses: () => profiledProcesses(this.#profiles, this.#dataFromUs, this.nowUs),
      compare: (request) => compareSets(this.#apiWorld(), request),
      pageViews: (request) => this.#pageViews.answer({ ...request, ...this.#upToNow(request) }),
      map: (window) => this.#map.map(this.#upToNow(window)),
      changes: () => changeList(this.#engine),
      alerts: () => withSilences(this.#alerting.rules.alerts(), this.#alerting.silences, this.nowUs),
      alertmanager: () => alertmanagerAnswer(this.#alerting.alertmanager, this.#alerting.silences, this.nowUs),
      dashboards: () => this.scenario.dashboards,
      slos: () => this.#slos.statuses(this.nowUs / MICROS_PER_MS, this.#dataFromUs / MICROS_PER_MS),
      sloLedgers: () => ({
        ledgers: sloLedgers(
          this.scenario.topology.slos,
          this.#metrics,
          { fromMs: this.#dataFromUs / MICROS_PER_MS, nowMs: Math.floor(this.nowUs / MICROS_PER_MS) },
          this.#alerting.rules.alerts().rules,
        ),
      }),
      impact: () => this.#impact.impact(),
      ledger: (window) => this.#account(window),
      catalogue: () => catalogueOf(this.#engine, this.#metrics),
      page: () => this.#page,
      plan: (action) => this.#plan(action),
      prometheus: (endpoint, parameters) =>
        answerPrometheus(
          {
            reader: this.#retained,
            metadata: SCRAPED_METADATA,
            nowMs: this.nowUs / MICROS_PER_MS,
            queries: this.#promql,
            ...(this.#clockMs === undefined ? {} : { clockMs: this.#clockMs }),
          },
          endpoint,
          parameters,
        ),
      api: (name, request, wallMs) => {
        const clockAheadMs = wallMs === undefined ? 0 : Math.round(wallMs - this.nowUs / MICROS_PER_MS);
        return findApi(name)?.answer({ ...request, clockAheadMs }, this.#apiWorld());
      },
    };
  }
}

/** The engine keeps matchers as they are; what can be read in them is decided here. */
function checkMatchers(matchers: readonly AlertMatcher[]): void {
  for (const matcher of matchers) {
    const made = makeMatcher(matcher);
    if (!made.ok) throw new ActionRefused(made.error, "Correct the matcher.");
  }
}

/** Marks the alerts that a silence keeps from notifying anybody. */
function withSilences({ rules }: AlertsAnswer, silences: SilenceBook, nowUs: number): AlertsAnswer {
  return {
    rules: rules.map((rule) => ({
      ...rule,
      alerts: rule.alerts.map((alert) => {
        const silencedUntilUs = silences.untilUs(alert.labels, nowUs);
        return silencedUntilUs === undefined ? alert : { ...alert, silencedUntilUs };
      }),
    })),
  };
}

const tellsOf = ({ alerts }: Notification, alert: string): boolean =>
  alerts.some(({ status, labels }) => status === "firing" && labels["alertname"] === alert);

/** A label or annotation, undefined where there is none of that name. */
function textOf(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function compileQuery(text: string): LineQuery {
  try {
    return compileLineQuery(text);
  } catch (error) {
    if (error instanceof BadLineQuery) throw new QueryRefused(error.message);
    throw error;
  }
}

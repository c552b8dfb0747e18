/**
 * From a run's log to its debrief: simulates the worlds that the figures need (the learner's, the healthy twin, the
 * untouched one, the reference's, the learner's without each single action), compares them, and puts the parts together.
 */
import { addTime, minutes, simTime, MICROS_PER_MINUTE, type SimTime } from "../base/time.js";
import type { Scenario } from "../scenario/types.js";
import type { TimedAction } from "../sim/timeline.js";
import type { Debrief, ImpactCurves, ScoreDimension, ScorePart, TroubleEdge, TruthCause } from "../wire/debrief.js";
import type { RunEvent, RunEventBody, Submission } from "../wire/run.js";
import { toTimedAction } from "../world/actions.js";
import type { GradeInput } from "../world/handle.js";
import type { HistoryExport } from "../world/history.js";
import type { SightLoss } from "../world/sight-loss.js";
import { World } from "../world/world.js";
import { DIAGNOSIS_POINTS, gradeDiagnosis } from "./diagnosis.js";
import { FORECAST_POINTS, gradeForecast } from "./forecast.js";
import { impactOf, type WorldImpact } from "./impact.js";
import { gradeMitigation, MITIGATION_POINTS } from "./mitigation.js";
import { writePostmortem } from "./postmortem.js";
import { storyCharts } from "./story-charts.js";
import { buildTimeline } from "./timeline.js";
import { compareCalls, troubleGraph, type EdgeOfSite, type TroubleGraph } from "./trouble-graph.js";

/** How long all worlds go on after the submission, so that what was set right (or left wrong) has its effect. */
const AFTERMATH = minutes(10);

/** Within this time after an action its indicator has to be looked at. */
const VERIFY_WITHIN_US = 3 * MICROS_PER_MINUTE;

/** Views on which an indicator can be seen. */
const INDICATOR_VIEWS = new Set(["dashboards", "metrics", "slo", "alerts", "map", "actions", "traces", "logs"]);

/** Single actions that are tried without, the newest ones; each costs one more simulation. */
const COUNTERFACTUALS_MAX = 6;

/** Edges off the causes' ways that the debrief lists, the most hurt ones: where every scrape is lost, each target has one. */
const TROUBLE_SHOWN_MAX = 8;

type ActedEvent = RunEvent & { readonly body: Extract<RunEventBody, { readonly kind: "acted" }> };

interface Worlds {
  readonly mine: WorldImpact;
  readonly twin: WorldImpact;
  readonly untouched: WorldImpact;
  readonly par: WorldImpact;
  readonly withoutAction: readonly { readonly title: string; readonly impact: WorldImpact }[];
  readonly trouble: readonly TroubleEdge[];
}

/** @returns the debrief, scores to full precision; `onProgress` hears the share of the simulations that is done */
export function gradeRun(
  scenario: Scenario,
  input: GradeInput,
  history: HistoryExport,
  onProgress: (fraction: number) => void,
): Debrief {
  const submittedAt = simTime(input.start.nowUs);
  const acted = input.events.filter((event): event is ActedEvent => event.body.kind === "acted");
  const mine = World.at(scenario, input.start);
  mine.attachHistory(history);
  const changes = mine.queries.changes();
  const alerts = mine.queries.alerts().rules;

  const worlds = simulateWorlds(scenario, { input, mine, submittedAt, acted, onProgress });
  const graph = troubleGraph(worlds.trouble);
  const causes = truthOf(scenario);
  const unit = impactUnit(worlds);
  const submission = input.submission;

  const diagnosis = gradeDiagnosis({
    answer: {
      component: submission.component,
      faultClass: submission.faultClass,
      trigger: submission.trigger,
      onsetUs: submission.onsetUs,
      path: submission.path,
    },
    causes: causes.map((cause) => ({ ...cause, trigger: cause.trigger })),
    alertingComponent: scenario.grading.alertingComponent,
    trouble: graph,
    changeKinds: new Map(changes.map((change) => [change.id, change.kind])),
    scrapeIntervalUs: scenario.topology.plant.scrapeInterval,
  });
  const mitigation = gradeMitigation({
    unit: unit.name,
    mine: unit.total(worlds.mine),
    untouched: unit.total(worlds.untouched),
    par: unit.total(worlds.par),
    withoutAction: worlds.withoutAction.map(({ title, impact }) => ({ title, impact: unit.total(impact) })),
    verified: acted.map((event) => wasVerified(event, acted, input.events)),
  });
  const right = causes.some(
    (cause) => cause.component === submission.component && cause.faultClass === submission.faultClass,
  );
  const dimensions: readonly ScoreDimension[] = [
    dimension("diagnosis", "Diagnosis", DIAGNOSIS_POINTS, diagnosis),
    dimension("mitigation", "Mitigation", MITIGATION_POINTS, mitigation),
    dimension("forecast", "Forecast", FORECAST_POINTS, [gradeForecast(submission.confidence, right)]),
  ];

  const draft = {
    runId: input.runId,
    scenarioTitle: scenario.title,
    score: scoreOf(dimensions),
    dimensions,
    submission: answerOf(submission),
    causes,
    explanation: scenario.grading.explanation,
    trouble: shownTrouble(graph, causes),
    troubledEdges: graph.edges.length,
    impact: curvesOf(mine, worlds, unit),
    referenceActions: scenario.grading.reference.map(({ after, action }) => ({
      atUs: scenario.startsAt + after,
      action,
    })),
    timeline: buildTimeline({ causes, changes, alerts, events: input.events }),
    charts: storyCharts(causes, graph.edges, scenario.topology),
    followUps: scenario.grading.followUps,
  };
  return { ...draft, postmortem: writePostmortem({ ...draft, severity: scenario.severity }) };
}

/** The most hurt edges; those on a way from a cause stay whatever their number, because the learner's path is laid beside them. */
function shownTrouble(graph: TroubleGraph, causes: readonly TruthCause[]): readonly TroubleEdge[] {
  const ways = causes.map(({ component }) => graph.hopsFrom(component));
  return graph.edges.filter(
    ({ from, to }, index) => index < TROUBLE_SHOWN_MAX || ways.some((hops) => hops.has(from) && hops.has(to)),
  );
}

/** Points over the most that can be had, as a share of 100, never below 0. */
function scoreOf(dimensions: readonly ScoreDimension[]): number {
  const points = dimensions.reduce((sum, each) => sum + each.points, 0);
  const most = dimensions.reduce((sum, each) => sum + each.pointsMax, 0);
  return Math.max(0, (100 * points) / most);
}

function dimension(
  id: ScoreDimension["id"],
  title: string,
  pointsMax: number,
  parts: readonly ScorePart[],
): ScoreDimension {
  return { id, title, points: parts.reduce((sum, part) => sum + part.points, 0), pointsMax, parts };
}

function answerOf(submission: Submission): Debrief["submission"] {
  const { exhibits: _exhibits, trigger, ...answer } = submission;
  return { ...answer, ...(trigger === undefined ? {} : { trigger }) };
}

function truthOf(scenario: Scenario): readonly TruthCause[] {
  return scenario.faults
    .filter((fault) => scenario.grading.causes.includes(fault.id))
    .map((fault) => {
      const change = scenario.changes.find((candidate) => candidate.id === fault.trigger);
      return {
        component: fault.target,
        faultClass: fault.class,
        onsetUs: fault.onset,
        description:
          change === undefined
            ? "It began by itself; no change set it off."
            : `Set off by “${change.title}” (${change.author}).`,
        ...(fault.trigger === undefined ? {} : { trigger: fault.trigger }),
      };
    });
}

function simulateWorlds(
  scenario: Scenario,
  run: {
    readonly input: GradeInput;
    readonly mine: World;
    readonly submittedAt: SimTime;
    readonly acted: readonly ActedEvent[];
    readonly onProgress: (fraction: number) => void;
  },
): Worlds {
  const { input, mine, acted, onProgress } = run;
  const reference = scenario.grading.reference;
  const lastReference = Math.max(0, ...reference.map((step) => step.after));
  const until = addTime(simTime(Math.max(run.submittedAt, scenario.startsAt + lastReference)), AFTERMATH);
  const counterfactuals = acted.filter((event) => event.body.undoes === undefined).slice(-COUNTERFACTUALS_MAX);
  const total = 4 + counterfactuals.length;
  let done = 0;
  const simulate = (actions: readonly TimedAction[], faults: boolean): World => {
    const world = World.create(scenario, { seed: input.start.seed, actions, faults });
    world.advance(until);
    onProgress(++done / total);
    return world;
  };

  const actions = input.start.actions.map((action) => toTimedAction(action.id, action.action, simTime(action.atUs)));
  mine.advance(until);
  onProgress(++done / total);
  const twinWorld = simulate([], false);
  const twin = impactOf(twinWorld, twinWorld);
  const untouchedWorld = actions.length === 0 ? mine : simulate([], true);
  const untouched = impactOf(untouchedWorld, twinWorld);
  const trouble = measureTrouble(scenario, untouchedWorld, twinWorld, until);
  const par = impactOf(
    simulate(
      reference.map((step, index) => ({
        id: `reference-${String(index)}`,
        at: addTime(scenario.startsAt, step.after),
        action: step.action,
      })),
      true,
    ),
    twinWorld,
  );
  const withoutAction = counterfactuals.map((event) => ({
    title: event.body.plan.summary,
    impact: impactOf(simulate(without(actions, acted, event), true), twinWorld),
  }));
  return { mine: impactOf(mine, twinWorld), twin, untouched, par, withoutAction, trouble };
}

/** The actions but one and what took that one back. */
function without(
  actions: readonly TimedAction[],
  acted: readonly ActedEvent[],
  left: ActedEvent,
): readonly TimedAction[] {
  const undoing = acted.find((event) => event.body.undoes === left.body.actionId)?.body.actionId;
  return actions.filter((action) => action.id !== left.body.actionId && action.id !== undoing);
}

function measureTrouble(scenario: Scenario, world: World, twin: World, until: SimTime): readonly TroubleEdge[] {
  const edgeOfSite: EdgeOfSite = world.model.sites.map((site) =>
    (site.kind === "client" || site.kind === "producer") && site.peer !== undefined
      ? { from: site.component, to: site.peer, operation: site.name }
      : undefined,
  );
  const fromUs = Math.min(...scenario.faults.map((fault) => fault.onset));
  return [
    ...compareCalls({ world: world.spans, twin: twin.spans, edgeOfSite, fromUs, toUs: until }),
    ...scrapeEdges(world.sight, twin.sight, fromUs),
  ];
}

/** Scrapes as calls of the metrics server: an edge to each component of which scrapes were lost. */
function scrapeEdges(world: SightLoss, twin: SightLoss, fromUs: number): readonly TroubleEdge[] {
  const twins = new Map(twin.figuresFrom(fromUs).map((figures) => [figures.component, figures]));
  return world.figuresFrom(fromUs).map((figures) => {
    const healthy = twins.get(figures.component);
    const errorRatio = figures.failed / Math.max(1, figures.scrapes);
    const errorRatioTwin = (healthy?.failed ?? 0) / Math.max(1, healthy?.scrapes ?? 0);
    return {
      from: world.metricsServer,
      to: figures.component,
      operation: "scrapes",
      hurtRatio: Math.max(0, errorRatio - errorRatioTwin),
      latencyMsP99: figures.durationSecondsMax * 1_000,
      latencyMsP99Twin: (healthy?.durationSecondsMax ?? 0) * 1_000,
      errorRatio,
      errorRatioTwin,
    };
  });
}

interface ImpactUnit {
  readonly name: string;
  readonly total: (impact: WorldImpact) => number;
  readonly perMinute: (impact: WorldImpact) => readonly number[];
}

const HURT_USERS: ImpactUnit = {
  name: "hurt requests, weighted by journey",
  total: (impact) => sum(impact.hurtPerMinute),
  perMinute: (impact) => impact.hurtPerMinute,
};
const LOST_SIGHT: ImpactUnit = {
  name: "lost scrapes and rule evaluations",
  total: (impact) => sum(impact.lostSightPerMinute),
  perMinute: (impact) => impact.lostSightPerMinute,
};

/** Share of the untouched impact on users that the reference must be able to take away, for users to be what counts. */
const RELIEF_SHARE_MIN = 0.05;

/** Users come first; only where nothing can be done for them is the loss of sight what counts. */
function impactUnit({ untouched, par }: Worlds): ImpactUnit {
  const relief = HURT_USERS.total(untouched) - HURT_USERS.total(par);
  const worthwhile = relief > Math.max(1, RELIEF_SHARE_MIN * HURT_USERS.total(untouched));
  const sightRelief = LOST_SIGHT.total(untouched) - LOST_SIGHT.total(par);
  return !worthwhile && sightRelief > 0 ? LOST_SIGHT : HURT_USERS;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function curvesOf(world: World, worlds: Worlds, unit: ImpactUnit): ImpactCurves {
  return {
    unit: unit.name,
    stepUs: MICROS_PER_MINUTE,
    fromUs: world.recentFromUs,
    mine: unit.perMinute(worlds.mine),
    untouched: unit.perMinute(worlds.untouched),
    par: unit.perMinute(worlds.par),
    twin: unit.perMinute(worlds.twin),
  };
}

function wasVerified(action: ActedEvent, acted: readonly ActedEvent[], events: readonly RunEvent[]): boolean {
  const next = acted.find((other) => other.sequence > action.sequence);
  return events.some(
    (event) =>
      event.body.kind === "looked" &&
      event.sequence > action.sequence &&
      (next === undefined || event.sequence < next.sequence) &&
      event.atUs <= action.atUs + VERIFY_WITHIN_US &&
      INDICATOR_VIEWS.has(event.body.reference.view),
  );
}

/**
 * Patterns of the lines that match, with their counts over time and against a baseline. Lines that one place of the code
 * writes for spans of one kind and outcome have the same words but for their values, so after a few of them the others
 * are counted without being read; a place whose first lines fall into different patterns is read on.
 *
 * Change. Counts a in a window and b in a baseline that is t times as long are Poisson; 2(√a − √(b/t)) / √(1 + 1/t) has a
 * variance of about one (Anscombe, 'The transformation of Poisson, binomial and negative-binomial data', 1948), and
 * beyond 3 chance is no explanation.
 */
import type { LogPattern, LogPatterns, LogPatternsRequest, PatternChange } from "../../wire/logs.js";
import type { LogLevel, TimeWindow } from "../../wire/telemetry.js";
import { searchedOf, stepOf, type LogStore } from "../../telemetry/log-store.js";
import type { LogSource } from "../../telemetry/sources.js";
import { countLines, Drain, mergedByText, patternText, type Cluster } from "../logql/drain.js";

/** Lines of one place that are read before the others are taken to be alike. */
const READ_OF_A_PLACE = 24;
/** Lines that are read for all. */
const READ_MAX = 150_000;
const PATTERNS_MAX = 200;
/** Beyond this many standard deviations counts differ. */
const CHANGED_Z = 3;
/** Rates that differ by less are not worth a word, however sure they are. */
const CHANGED_FACTOR = 1.3;

/** Keys under which clusters are counted: the steps of the window, and one for the baseline. */
const BASELINE_KEY = -1;

interface Place {
  /** All lines that were read so far were of it; undefined where they were of several. */
  cluster: Cluster | undefined;
  read: number;
  isMixed: boolean;
}

interface Found {
  readonly level: LogLevel;
  readonly cluster: Cluster;
  readonly services: Set<string>;
}

/** `dataFromUs`: where telemetry begins; a baseline before it is cut. */
export function patternsOf(logs: LogStore, request: LogPatternsRequest, dataFromUs: number): LogPatterns {
  const baseline = cutBaseline(request, dataFromUs);
  const hull = {
    ...request,
    fromUs: Math.min(request.fromUs, baseline?.fromUs ?? Infinity),
    toUs: Math.max(request.toUs, baseline?.toUs ?? -Infinity),
  };
  const matches = logs.matches(hull);
  const sorter = new PatternSorter(logs);
  const stepUs = stepOf(request, request.buckets);
  let [lines, baselineLines] = [0, 0];
  for (const range of matches.ranges) {
    const { source, count } = range;
    const { timeUs } = source.table;
    // The newest first, so that what is read is of now.
    for (let at = count - 1; at >= 0; at--) {
      const row = range.rowAt(at);
      const time = timeUs[row];
      if (time >= request.fromUs && time <= request.toUs) {
        lines++;
        sorter.add(source, row, Math.floor((time - request.fromUs) / stepUs));
      } else if (baseline !== undefined && time >= baseline.fromUs && time <= baseline.toUs) {
        baselineLines++;
        sorter.add(source, row, BASELINE_KEY);
      }
    }
  }
  // The baseline's length in lengths of the window.
  const ratio = baseline === undefined ? undefined : lengthOf(baseline) / Math.max(1, lengthOf(request));
  const patterns = sorter
    .patterns()
    .map((found) => patternOf(found, request.buckets, ratio))
    .sort((a, b) => b.score - a.score || b.pattern.count - a.pattern.count);
  return {
    patterns: patterns.slice(0, PATTERNS_MAX).map(({ pattern }) => pattern),
    lines,
    baselineLines,
    ...(baseline === undefined ? {} : { baseline }),
    ...searchedOf(matches),
  };
}

const lengthOf = ({ fromUs, toUs }: TimeWindow): number => toUs - fromUs;

/** The part of the baseline that there is telemetry of and that is not the window itself. */
function cutBaseline({ baseline, fromUs, toUs }: LogPatternsRequest, dataFromUs: number): TimeWindow | undefined {
  const overlaps = baseline.fromUs < toUs && baseline.toUs > fromUs;
  const cut = {
    fromUs: Math.max(baseline.fromUs, dataFromUs),
    toUs: overlaps && baseline.fromUs < fromUs ? Math.min(baseline.toUs, fromUs - 1) : baseline.toUs,
  };
  return cut.toUs > cut.fromUs ? cut : undefined;
}

class PatternSorter {
  readonly #drains = new Map<LogLevel, Drain>();
  readonly #byCluster = new Map<Cluster, Found>();
  readonly #places = new Map<number, Place>();
  #read = 0;

  constructor(private readonly logs: LogStore) {}

  /** When all lines were added. */
  patterns(): readonly Found[] {
    return mergedByText(
      this.#byCluster.values(),
      ({ level }) => level,
      (into, { services }) => {
        for (const service of services) into.services.add(service);
      },
    );
  }

  add(source: LogSource, row: number, key: number): void {
    const { renderer } = this.logs;
    const number = renderer.placeAt(source, row);
    let place = this.#places.get(number);
    if (place === undefined) this.#places.set(number, (place = { cluster: undefined, read: 0, isMixed: false }));
    const isKnown = place.read >= READ_OF_A_PLACE && !place.isMixed;
    if (place.cluster !== undefined && (isKnown || this.#read >= READ_MAX)) {
      countLines(place.cluster, key, 1);
      return;
    }
    this.#readLine(source, row, key, place);
  }

  #readLine(source: LogSource, row: number, key: number, place: Place): void {
    const { renderer } = this.logs;
    const { level, component } = renderer.template(source, row);
    let drain = this.#drains.get(level);
    if (drain === undefined) this.#drains.set(level, (drain = new Drain()));
    this.#read++;
    place.read++;
    const cluster = drain.add(renderer.texts.message(source, row), key);
    if (cluster === undefined) return;
    if (place.cluster !== undefined && place.cluster !== cluster) place.isMixed = true;
    place.cluster = cluster;
    let found = this.#byCluster.get(cluster);
    if (found === undefined) this.#byCluster.set(cluster, (found = { level, cluster, services: new Set() }));
    found.services.add(component);
  }
}

function patternOf(
  { level, cluster, services }: Found,
  buckets: number,
  ratio: number | undefined,
): { readonly pattern: LogPattern; readonly score: number } {
  const baselineCount = cluster.counts.get(BASELINE_KEY) ?? 0;
  const windowCount = cluster.size - baselineCount;
  const { change, factor, score } = changeOf(windowCount, baselineCount, ratio);
  const pattern: LogPattern = {
    text: patternText(cluster),
    level,
    services: [...services].sort(),
    count: windowCount,
    baselineCount,
    counts: Array.from({ length: buckets }, (_, step) => cluster.counts.get(step) ?? 0),
    change,
    ...(factor === undefined ? {} : { factor }),
  };
  return { pattern, score };
}

/** How a count stands to that of a baseline which is `ratio` times as long. `score`: standard deviations. */
export function changeOf(
  count: number,
  baselineCount: number,
  ratio: number | undefined,
): { readonly change: PatternChange; readonly factor?: number; readonly score: number } {
  if (ratio === undefined) return { change: "same", score: 0 };
  const expected = baselineCount / ratio;
  const score = (2 * Math.abs(Math.sqrt(count) - Math.sqrt(expected))) / Math.sqrt(1 + 1 / ratio);
  if (baselineCount === 0) return { change: "new", score };
  // A line or two of an hour that a quarter of an hour lacks is no change.
  if (count === 0) return score > CHANGED_Z ? { change: "gone", score } : { change: "same", factor: 0, score: 0 };
  const factor = count / expected;
  const isChanged = score > CHANGED_Z && (factor >= CHANGED_FACTOR || factor <= 1 / CHANGED_FACTOR);
  return { change: isChanged ? (factor > 1 ? "up" : "down") : "same", factor, score: isChanged ? score : 0 };
}

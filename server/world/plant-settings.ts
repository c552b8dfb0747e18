/** The plant as its owners have documented it: what is declared, not what it does at the moment. */
import type { PlantSetting } from "../wire/ledger.js";
import type { CollectorSpec, LogShipperSpec } from "../topology/observability-spec.js";
import type { PlantSpec } from "../topology/types.js";

type Unit = PlantSetting["unit"];
type Entry = readonly [name: string, value: number | string | undefined, unit: Unit];

export function plantSettings(plant: PlantSpec): readonly PlantSetting[] {
  const { collector, logShipper, profileStore } = plant;
  return [
    ...part(plant.metricsServer, metricsServer(plant)),
    ...part("Tracing", [["share of traces kept at the head", plant.traceSampleRatio, "ratio"]]),
    ...(collector === undefined ? [] : part(collector.id, collectorEntries(collector))),
    ...part("Logging", [["least level that is written", plant.logLevel, "text"]]),
    ...(logShipper === undefined ? [] : part(logShipper.agent ?? "fluent-bit", shipperEntries(logShipper))),
    ...part("pyroscope", [
      ["profiles a second that are taken", profileStore?.perSecond, "per second"],
      ["profiles that may come at once", profileStore?.burst, "count"],
    ]),
  ];
}

const part = (title: string, entries: readonly Entry[]): readonly PlantSetting[] =>
  entries.flatMap(([name, value, unit]) => (value === undefined ? [] : [{ part: title, name, value, unit }]));

const metricsServer = (plant: PlantSpec): readonly Entry[] => [
  ["scrape interval", plant.scrapeInterval, "µs"],
  ["scrape timeout", plant.scrapeTimeout, "µs"],
  ["rule interval", plant.ruleInterval, "µs"],
  ["samples that one scrape may bring", plant.sampleLimit === 0 ? undefined : plant.sampleLimit, "samples"],
  ["targets that one job may have", plant.targetLimit, "count"],
  ["memory limit", plant.memoryLimitBytes, "bytes"],
];

const collectorEntries = ({ tailSampling, store, ...spec }: CollectorSpec): readonly Entry[] => [
  ["processes send every", spec.batchDelay, "µs"],
  ["spans that a process holds between batches", spec.batchSpansMax, "spans"],
  ["spans that wait for the export", spec.queueCapacity, "spans"],
  ["spans exported a second", spec.spansPerSecond, "per second"],
  ["spans in memory before it refuses", spec.memoryLimitSpans, "spans"],
  ["tail sampling: decides after", tailSampling?.decisionWait, "µs"],
  ["tail sampling: traces that wait at most", tailSampling?.tracesMax, "count"],
  ["tail sampling, policy 1: traces with an error", tailSampling?.errors === true ? "kept" : undefined, "text"],
  ["tail sampling, policy 2: traces with a span slower than", tailSampling?.slowerThan, "µs"],
  ["tail sampling, policy 3: share of the others", tailSampling?.ratio, "ratio"],
  ["tempo: spans a second that are taken", store?.perSecond, "per second"],
  ["tempo: spans that may come at once", store?.burst, "spans"],
];

const shipperEntries = ({ store, ...spec }: LogShipperSpec): readonly Entry[] => [
  ["sends every", spec.flush, "µs"],
  ["lines that one agent sends a second", spec.linesPerSecond, "per second"],
  ["lines that one agent holds", spec.bufferLines, "lines"],
  ["share of info and debug lines that is shipped", spec.infoRatio, "ratio"],
  ["loki: bytes a second that are taken", store?.bytesPerSecond, "bytes"],
  ["loki: bytes that may come at once", store?.burstBytes, "bytes"],
  ["loki: longest line", store?.lineBytesMax, "bytes"],
  ["loki: oldest line", store?.maxAge, "µs"],
  ["loki: streams at most", store?.streamsMax, "count"],
];

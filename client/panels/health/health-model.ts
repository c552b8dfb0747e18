/**
 * How the processes of the services are, put together from what the catalogue and the metrics server say. A figure that
 * nobody measures is undefined, not zero. Pure.
 */
import type { Catalogue } from "../../../server/wire/actions.js";
import type { InstantSample } from "../../net/instant-query.js";
import type { MatrixSeries } from "../../net/prometheus.js";
import { valueOf } from "../../net/prometheus.js";

const byProcess = (query: string): string => `sum by (job, instance) (${query})`;

/** One sample for each process; `pod` series are told apart by `pod`, the others by `instance`. */
export const HEALTH_EXPRESSIONS = {
  up: "up",
  startedSeconds: byProcess("process_start_time_seconds"),
  ready: 'max by (pod) (kube_pod_status_ready{condition="true"})',
  restarts: "max by (pod, instance) (kube_pod_container_status_restarts_total)",
  placed: "kube_pod_info == 1",
  cpuUsed: byProcess("rate(process_cpu_seconds_total[1m])"),
  cpuLimit: byProcess("process_cpu_cores"),
  memoryUsed: byProcess("process_resident_memory_bytes"),
  memoryLimit: byProcess("process_memory_limit_bytes"),
  descriptorsUsed: byProcess("process_open_fds"),
  descriptorsLimit: byProcess("process_max_fds"),
  diskFree: byProcess("kubelet_volume_stats_available_bytes"),
  diskLimit: byProcess("kubelet_volume_stats_capacity_bytes"),
  livenessFailed: 'sum by (pod) (increase(prober_probe_total{probe_type="Liveness",result="failed"}[5m]))',
  livenessAll: 'sum by (pod) (increase(prober_probe_total{probe_type="Liveness"}[5m]))',
  readinessFailed: 'sum by (pod) (increase(prober_probe_total{probe_type="Readiness",result="failed"}[5m]))',
  readinessAll: 'sum by (pod) (increase(prober_probe_total{probe_type="Readiness"}[5m]))',
} as const;

export type HealthSamples = Readonly<Record<keyof typeof HEALTH_EXPRESSIONS, readonly InstantSample[]>>;

export interface Usage {
  readonly used: number;
  readonly limit: number;
}

export interface ChecksSeen {
  readonly failed: number;
  readonly all: number;
}

export interface ProcessHealth {
  readonly service: string;
  readonly name: string;
  readonly version: string;
  readonly state: "up" | "starting" | "stopped";
  /** Whether its metrics could be scraped; undefined where nobody tries. */
  readonly scraped: boolean | undefined;
  readonly ready: boolean | undefined;
  readonly node: string | undefined;
  readonly zone: string | undefined;
  readonly restarts: number | undefined;
  readonly startedUs: number | undefined;
  readonly cpu: Usage | undefined;
  readonly memory: Usage | undefined;
  readonly descriptors: Usage | undefined;
  readonly disk: Usage | undefined;
  readonly liveness: ChecksSeen | undefined;
  readonly readiness: ChecksSeen | undefined;
}

/** `cart-1` of `cart-1:9464`. */
const processOf = ({ labels }: InstantSample): string =>
  labels["pod"] ?? (labels["instance"] ?? "").replace(/:\d+$/, "");

export function processHealths(catalogue: Catalogue, samples: HealthSamples): readonly ProcessHealth[] {
  const found = new Map(
    Object.entries(samples).map(([name, list]) => [name, new Map(list.map((sample) => [processOf(sample), sample]))]),
  );
  const sampleOf = (name: keyof HealthSamples, process: string): InstantSample | undefined =>
    found.get(name)?.get(process);
  const value = (name: keyof HealthSamples, process: string): number | undefined => sampleOf(name, process)?.value;
  const usage = (used: number | undefined, limit: number | undefined): Usage | undefined =>
    used === undefined || limit === undefined ? undefined : { used, limit };
  const checks = (failed: number | undefined, all: number | undefined): ChecksSeen | undefined =>
    all === undefined || Number.isNaN(all) ? undefined : { failed: failed ?? 0, all };
  return catalogue.services.flatMap(({ id, instances }) =>
    instances.map(({ name, version, state, zone }): ProcessHealth => {
      const up = value("up", name);
      const ready = value("ready", name);
      const started = value("startedSeconds", name);
      const free = value("diskFree", name);
      const size = value("diskLimit", name);
      return {
        service: id,
        name,
        version,
        state,
        scraped: up === undefined ? undefined : up === 1,
        ready: ready === undefined ? undefined : ready === 1,
        node: sampleOf("placed", name)?.labels["node"],
        zone: sampleOf("placed", name)?.labels["zone"] ?? zone,
        restarts: value("restarts", name),
        startedUs: started === undefined ? undefined : started * 1_000_000,
        cpu: usage(value("cpuUsed", name), value("cpuLimit", name)),
        memory: usage(value("memoryUsed", name), value("memoryLimit", name)),
        descriptors: usage(value("descriptorsUsed", name), value("descriptorsLimit", name)),
        disk: free === undefined || size === undefined ? undefined : { used: size - free, limit: size },
        liveness: checks(value("livenessFailed", name), value("livenessAll", name)),
        readiness: checks(value("readinessFailed", name), value("readinessAll", name)),
      };
    }),
  );
}

export type Verdict = "ok" | "warning" | "critical";

/** Share of a limit from which on it is worth a look, and from which on it is about to be met. */
const USAGE_WARNING = 0.8;
const USAGE_CRITICAL = 0.95;

export function usageVerdict({ used, limit }: Usage): Verdict {
  if (limit <= 0) return "ok";
  if (used / limit >= USAGE_CRITICAL) return "critical";
  return used / limit >= USAGE_WARNING ? "warning" : "ok";
}

const UNSCRAPED = "last scrape failed";

/** What is not as it should be, in words, the worst first; empty when all is well. */
export function complaintsOf(process: ProcessHealth): readonly { readonly verdict: Verdict; readonly text: string }[] {
  const { state, scraped, ready, restarts, liveness, readiness } = process;
  const usages = (["cpu", "memory", "descriptors", "disk"] as const).flatMap((name) => {
    const usage = process[name];
    const verdict = usage === undefined ? "ok" : usageVerdict(usage);
    return verdict === "ok" ? [] : [{ verdict, text: `${name} near its limit` }];
  });
  const complaints: readonly (readonly [boolean, Verdict, string])[] = [
    [state === "stopped", "critical", "stopping"],
    [state === "starting", "warning", "starting"],
    [scraped === false, "critical", UNSCRAPED],
    [ready === false, "critical", "not ready"],
    [(liveness?.failed ?? 0) >= 1, "warning", "liveness checks failed"],
    [(readiness?.failed ?? 0) >= 1, "warning", "readiness checks failed"],
    [(restarts ?? 0) > 0, "warning", `restarted ${String(restarts ?? 0)}×`],
  ];
  const found = [...complaints.flatMap(([holds, verdict, text]) => (holds ? [{ verdict, text }] : [])), ...usages];
  return found.sort((one, other) => rankOf(other.verdict) - rankOf(one.verdict));
}

const RANKS: Readonly<Record<Verdict, number>> = { ok: 0, warning: 1, critical: 2 };
const rankOf = (verdict: Verdict): number => RANKS[verdict];

export const verdictOf = (process: ProcessHealth): Verdict => complaintsOf(process)[0]?.verdict ?? "ok";

/** How all of them are in a few words. Of what could not be scraped, and has no other complaint, nobody knows how it is. */
export function healthSummary(processes: readonly ProcessHealth[]): string {
  const complaining = processes.map(complaintsOf).filter((complaints) => complaints.length > 0);
  const unknown = complaining.filter((complaints) => complaints.every(({ text }) => text === UNSCRAPED)).length;
  const unwell = complaining.length - unknown;
  const texts = [
    ...(unwell === 0 ? [] : [`${String(unwell)} not well`]),
    ...(unknown === 0 ? [] : [`${String(unknown)} not scraped, so not known to be well`]),
  ];
  return texts.length === 0 ? "all well" : texts.join(", ");
}

/* The history of a process's answers */

export type StripState = "ok" | "failed" | "gap";

export interface StripPart {
  readonly state: StripState;
  /** 0 to 1 of the window. */
  readonly left: number;
  readonly width: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** 1 is well, 0 failed, a missing step a gap. Equal neighbours are one part. */
export function stripParts(
  series: MatrixSeries | undefined,
  window: { readonly fromUs: number; readonly toUs: number },
  stepSeconds: number,
): readonly StripPart[] {
  const stepUs = stepSeconds * 1_000_000;
  const states = new Map(
    (series?.values ?? []).map(
      ([seconds, text]) => [seconds * 1_000_000, valueOf(text) >= 1 ? "ok" : "failed"] as const,
    ),
  );
  const lengthUs = window.toUs - window.fromUs;
  const parts: StripPart[] = [];
  for (let atUs = (Math.floor(window.fromUs / stepUs) + 1) * stepUs; atUs <= window.toUs; atUs += stepUs) {
    const state = states.get(atUs) ?? "gap";
    const last = parts.at(-1);
    const fromUs = Math.max(window.fromUs, atUs - stepUs);
    const from = last?.state === state ? last.fromUs : fromUs;
    if (last?.state === state) parts.pop();
    parts.push({
      state,
      fromUs: from,
      toUs: atUs,
      left: (from - window.fromUs) / lengthUs,
      width: (atUs - from) / lengthUs,
    });
  }
  return parts;
}

/** `up for all of it`, `failed 13:55:00–13:56:30`: what the strip shows. */
export function stripText(parts: readonly StripPart[], clock: (atUs: number) => string): string {
  const bad = parts.filter(({ state }) => state !== "ok");
  if (parts.length === 0) return "not measured";
  if (bad.length === 0) return "well in all of this time";
  return bad
    .slice(0, 4)
    .map(({ state, fromUs, toUs }) => `${state === "failed" ? "failed" : "no sample"} ${clock(fromUs)}–${clock(toUs)}`)
    .join(", ");
}

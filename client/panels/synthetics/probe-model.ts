/** Probes from the metrics that their exporter shows: what each says now, and how it did over the window. Pure. */
import type { InstantSample } from "../../net/instant-query.js";

/** In the order in which they happen. Names of Prometheus's blackbox exporter. */
export const PROBE_PHASES: readonly { readonly name: string; readonly title: string }[] = [
  { name: "resolve", title: "DNS" },
  { name: "connect", title: "TCP" },
  { name: "tls", title: "TLS" },
  { name: "processing", title: "First byte" },
];

/** @param range of the window, as PromQL writes it */
export const probeExpressions = (range: string) => ({
  success: "probe_success",
  status: "probe_http_status_code",
  duration: "probe_duration_seconds",
  phases: "probe_http_duration_seconds",
  share: `avg_over_time(probe_success[${range}])`,
  slowest: `max_over_time(probe_duration_seconds[${range}])`,
  usual: `quantile_over_time(0.5, probe_duration_seconds[${range}])`,
});

export type ProbeSamples = Readonly<Record<keyof ReturnType<typeof probeExpressions>, readonly InstantSample[]>>;

export interface ProbeState {
  readonly probe: string;
  readonly region: string;
  /** Of the last one; undefined before the first has come. */
  readonly success: boolean | undefined;
  /** 0: no answer. */
  readonly status: number | undefined;
  readonly durationUs: number | undefined;
  /** Over the window. */
  readonly successShare: number | undefined;
  readonly usualUs: number | undefined;
  readonly slowestUs: number | undefined;
  readonly phases: readonly { readonly title: string; readonly durationUs: number }[];
}

const keyOf = ({ labels }: InstantSample): string => `${labels["probe"] ?? ""} ${labels["region"] ?? ""}`;

/** By probe, then by region. */
export function probeStates(samples: ProbeSamples): readonly ProbeState[] {
  const keys = [...new Set([...samples.share, ...samples.success].map(keyOf))].sort();
  const value = (list: readonly InstantSample[], key: string): number | undefined =>
    list.find((sample) => keyOf(sample) === key)?.value;
  const micros = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds * 1_000_000;
  return keys.map((key) => {
    const [probe = "", region = ""] = key.split(" ");
    const success = value(samples.success, key);
    const ofProbe = samples.phases.filter((sample) => keyOf(sample) === key);
    return {
      probe,
      region,
      success: success === undefined ? undefined : success === 1,
      status: value(samples.status, key),
      durationUs: micros(value(samples.duration, key)),
      successShare: value(samples.share, key),
      usualUs: micros(value(samples.usual, key)),
      slowestUs: micros(value(samples.slowest, key)),
      phases: PROBE_PHASES.flatMap(({ name, title }) => {
        const found = ofProbe.find(({ labels }) => labels["phase"] === name);
        return found === undefined ? [] : [{ title, durationUs: found.value * 1_000_000 }];
      }),
    };
  });
}

/** Below these shares of good answers a probe is worth a look, or a hurry. */
const SHARE_WARNING = 0.999;
const SHARE_CRITICAL = 0.95;

export type ProbeVerdict = "ok" | "warning" | "critical" | "unknown";

/** One that fails now is critical whatever it did before. */
export function probeVerdict({ success, successShare }: ProbeState): ProbeVerdict {
  if (success === false) return "critical";
  if (successShare === undefined) return "unknown";
  if (successShare < SHARE_CRITICAL) return "critical";
  return successShare < SHARE_WARNING ? "warning" : "ok";
}

/** `15m` of a window, for a range selector. */
export function rangeText({ fromUs, toUs }: { readonly fromUs: number; readonly toUs: number }): string {
  return `${String(Math.max(30, Math.round((toUs - fromUs) / 1_000_000)))}s`;
}

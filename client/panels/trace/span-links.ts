/** Where the other signals of a span's service are, around the time of the span. Pure. */
import type { TraceSpan } from "../../../server/wire/telemetry.js";
import type { UrlValues } from "../../state/url-state.js";

/** Profiles and metrics are sampled every some seconds: less around a span would hold nothing. */
const AROUND_US = 60_000_000;
/** Lines of the span itself; logs may be written a little after it ended. */
const SLACK_US = 1_000_000;

export interface SpanPlace {
  readonly title: string;
  /** Name in `elements/icons.ts`. */
  readonly icon: string;
  readonly view: string;
  readonly values: UrlValues;
}

type Placed = Pick<TraceSpan, "service" | "instance" | "startUs" | "durationUs">;

export function spanLinks({ service, instance, startUs, durationUs }: Placed, traceId: string): readonly SpanPlace[] {
  const endUs = startUs + durationUs;
  const around = { from: String(startUs - AROUND_US), to: String(endUs + AROUND_US) };
  const during = { from: String(startUs - SLACK_US), to: String(endUs + SLACK_US) };
  return [
    {
      title: "Logs of the trace here",
      icon: "lines",
      view: "logs",
      values: { trace: traceId, services: service, ...during },
    },
    { title: `Logs of ${service} then`, icon: "lines", view: "logs", values: { services: service, ...during } },
    { title: `Profile of ${instance} then`, icon: "flame", view: "profiles", values: { service, instance, ...around } },
    { title: `Metrics of ${service} then`, icon: "grid", view: "dashboards", values: { service, ...around } },
  ];
}

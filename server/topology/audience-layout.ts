/**
 * Series about users as they see the system: the measurements of real users' browsers, one target, and the results of
 * probes, another. Bounds are around the thresholds that divide good from poor page loads.
 *
 * Source of names and thresholds: web.dev, Web Vitals (TTFB 0.8/1.8 s, LCP 2.5/4 s, INP 0.2/0.5 s, CLS 0.1/0.25), and
 * Prometheus's blackbox exporter for probes.
 */
import type { MetricMetadata } from "../sim/metric-sink.js";
import type { BrowserSpec } from "./browser-spec.js";
import type { ProbeSpec } from "./probe-spec.js";
import { type SeriesLayout, SeriesLayoutBuilder } from "./series-layout.js";

const micros = (seconds: readonly number[]): Float64Array =>
  Float64Array.from(seconds, (value) => Math.round(value * 1e6));

export const TTFB_BOUNDS_US = micros([0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 3, 5, 10]);
export const LCP_BOUNDS_US = micros([0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20]);
export const INP_BOUNDS_US = micros([0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2]);
/** Without a unit: millionths, as the counts of the other histograms are. */
export const CLS_BOUNDS = micros([0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1]);
export const PHASES = ["dns", "tcp", "tls", "request"] as const;

/** Offsets of one page on one kind of device. */
export interface PageMetrics {
  readonly views: number;
  readonly failed: number;
  readonly abandoned: number;
  readonly scriptErrors: number;
  readonly ttfb: number;
  readonly lcp: number;
  readonly inp: number;
  readonly cls: number;
}

export interface BrowserMetrics {
  readonly layout: SeriesLayout;
  /** By page, then by device. */
  readonly pages: readonly (readonly PageMetrics[])[];
  /** By region, then by access network: the first of the blocks of PHASES. */
  readonly navigation: readonly (readonly (readonly number[])[])[];
}

export function browserMetrics(browser: BrowserSpec, regions: readonly string[]): BrowserMetrics {
  const layout = new SeriesLayoutBuilder();
  const pages = browser.pages.map(({ id }) =>
    browser.devices.map(({ name }): PageMetrics => {
      const labels = { page: id, device: name };
      return {
        views: layout.counter("browser_page_views_total", labels),
        failed: layout.counter("browser_page_failures_total", labels),
        abandoned: layout.counter("browser_page_abandonments_total", labels),
        scriptErrors: layout.counter("browser_script_errors_total", labels),
        ttfb: layout.histogram("browser_web_vitals_ttfb_seconds", labels, TTFB_BOUNDS_US, true),
        lcp: layout.histogram("browser_web_vitals_lcp_seconds", labels, LCP_BOUNDS_US, true),
        inp: layout.histogram("browser_web_vitals_inp_seconds", labels, INP_BOUNDS_US, true),
        cls: layout.histogram("browser_web_vitals_cls", labels, CLS_BOUNDS, true),
      };
    }),
  );
  const navigation = regions.map((region) =>
    browser.networks.map(({ name }) =>
      PHASES.map((phase) =>
        layout.histogram("browser_navigation_seconds", { region, network: name, phase }, TTFB_BOUNDS_US, true),
      ),
    ),
  );
  return { layout, pages, navigation };
}

/** Offsets of one probe in one region. */
export interface ProbeMetrics {
  readonly success: number;
  readonly duration: number;
  readonly statusCode: number;
  /** By PROBE_PHASES. */
  readonly phases: readonly number[];
}

export const PROBE_PHASES = ["resolve", "connect", "tls", "processing"] as const;

export function probeMetrics(probes: readonly ProbeSpec[]): {
  readonly layout: SeriesLayout;
  readonly probes: readonly ProbeMetrics[];
} {
  const layout = new SeriesLayoutBuilder();
  const metrics = probes.flatMap(({ id, regions }) =>
    regions.map(({ name }): ProbeMetrics => {
      const labels = { probe: id, region: name };
      return {
        success: layout.gauge("probe_success", labels),
        duration: layout.gauge("probe_duration_seconds", labels),
        statusCode: layout.gauge("probe_http_status_code", labels),
        phases: PROBE_PHASES.map((phase) => layout.gauge("probe_http_duration_seconds", { ...labels, phase })),
      };
    }),
  );
  return { layout, probes: metrics };
}

const describe = (type: MetricMetadata["type"], name: string, unit: string, help: string): MetricMetadata => ({
  name,
  type,
  unit,
  help,
});

export const AUDIENCE_METADATA: readonly MetricMetadata[] = [
  describe("counter", "browser_page_views_total", "", "Page views that browsers have reported."),
  describe("counter", "browser_page_failures_total", "", "Page views whose document was answered with an error."),
  describe("counter", "browser_page_abandonments_total", "", "Page views that users left before the answer came."),
  describe("counter", "browser_script_errors_total", "", "Uncaught errors of scripts in pages."),
  describe("histogram", "browser_web_vitals_ttfb_seconds", "s", "Time to the first byte of the document."),
  describe("histogram", "browser_web_vitals_lcp_seconds", "s", "Time until the largest element is painted."),
  describe("histogram", "browser_web_vitals_inp_seconds", "s", "Time from an interaction to the next paint."),
  describe("histogram", "browser_web_vitals_cls", "", "Cumulative layout shift of the page view."),
  describe("histogram", "browser_navigation_seconds", "s", "Parts of the time to the first byte."),
  describe("gauge", "probe_success", "", "1 when the last probe was answered well and in time."),
  describe("gauge", "probe_duration_seconds", "s", "Duration of the last probe."),
  describe("gauge", "probe_http_status_code", "", "HTTP status of the last probe, 0 when there was no answer."),
  describe("gauge", "probe_http_duration_seconds", "s", "Duration of the last probe by phase."),
];

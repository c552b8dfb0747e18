/** What browsers do with the answers of journeys that are page views, for the measurements of real users. */
import type { Duration } from "../base/time.js";
import type { ShareSpec } from "./load-spec.js";

export interface PageSpec {
  readonly id: string;
  /** The journey whose answer is the page. */
  readonly journey: string;
  /** Bytes that the largest element waits for: document, styles, its image. */
  readonly criticalBytes: number;
  /** Work of the browser until the largest element is painted, and for one interaction, on a desktop. */
  readonly render: Duration;
  readonly interaction: Duration;
  /** Median of the cumulative layout shift. */
  readonly layoutShift: number;
}

/** How users are connected: the last mile. */
export interface AccessNetworkSpec extends ShareSpec {
  /** There and back, on top of the way between the region and the edge. */
  readonly roundTrip: Duration;
  readonly bytesPerSecond: number;
}

export interface DeviceSpec extends ShareSpec {
  /** How many times as long a piece of work takes as on a desktop. */
  readonly slowness: number;
}

export interface BrowserSpec {
  readonly pages: readonly PageSpec[];
  readonly networks: readonly AccessNetworkSpec[];
  /** By name of the load's devices. */
  readonly devices: readonly DeviceSpec[];
  /** Share of page views that need a new connection. */
  readonly newConnections: number;
  /** Share of page views that are reported. */
  readonly sampleRatio: number;
}

/** What a topology can say about its network besides the latency between two components; all of it optional. */
import type { Duration } from "../base/time.js";

export interface NetworkDetailSpec {
  /** Links that differ from the others; a link is what one service calls another component over. */
  readonly links?: readonly LinkSpec[];
  /** How names are resolved when a connection is opened; without it names cost nothing. */
  readonly names?: NameServiceSpec;
  /** What opening a connection costs; without it connections open at once. */
  readonly handshake?: HandshakeSpec;
  /** The gateway through which all connections to external parties go; without it ports never run out. */
  readonly gateway?: GatewaySpec;
}

export interface LinkSpec {
  readonly from: string;
  readonly to: string;
  /** One way, on top of the drawn latency. */
  readonly addedLatency: Duration;
  /** Share of packets that are lost. */
  readonly lossRatio: number;
  /** 0 is no limit. */
  readonly bytesPerSecond: number;
}

export interface NameServiceSpec {
  /** How long an instance remembers an answer. */
  readonly timeToLive: Duration;
  readonly latency: Duration;
}

export interface HandshakeSpec {
  /** Round trips of TCP and TLS together: 2 with TLS 1.3, 3 with TLS 1.2, 1 without. */
  readonly roundTrips: number;
  /** Processor time of both sides, as a delay. */
  readonly cpu: Duration;
}

export interface GatewaySpec {
  /** Local ports for connections to the outside, those that wait for stragglers (TIME_WAIT) included. */
  readonly ports: number;
  readonly timeWait: Duration;
}

/** Bytes of a question and of its answer; what they take on a link of limited bandwidth and how many packets they are. */
export interface MessageSizeSpec {
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** The written form of a topology's network, and what the engine makes of it. */
import { z } from "zod";
import { duration } from "../base/time.js";
import type { NetworkSpec } from "../topology/types.js";
import {
  bytesText,
  count,
  durationText,
  identifier,
  positiveDurationText,
  ratio,
  spreadDurationText,
} from "./scalars.js";

const link = z.strictObject({
  from: identifier,
  to: identifier,
  latency: durationText.prefault("0us").describe("One way, on top of the usual latency."),
  loss: ratio.default(0).describe("Share of packets that are lost."),
  bandwidth: bytesText.optional().describe("Bytes a second, each way; no limit when left out."),
});

export const networkSchema = z.strictObject({
  latency: spreadDurationText,
  links: z.array(link).max(1_000).default([]).describe("Links that differ from the others."),
  names: z
    .strictObject({
      timeToLive: positiveDurationText.describe("How long an instance remembers an address."),
      latency: durationText.prefault("1ms").describe("What a look-up takes."),
    })
    .optional()
    .describe("Resolving names when a connection is opened."),
  handshake: z
    .strictObject({
      roundTrips: count(1, 10)
        .default(2)
        .describe("TCP and TLS together: 1 without TLS, 2 with TLS 1.3, 3 with TLS 1.2."),
      cpu: durationText.prefault("1ms").describe("Processor time of both sides."),
    })
    .optional()
    .describe("What opening a connection costs."),
  gateway: z
    .strictObject({
      ports: count(1, 65_535).describe("Local ports for connections to external parties."),
      timeWait: positiveDurationText.prefault("60s").describe("How long a closed connection holds its port."),
    })
    .optional()
    .describe("The gateway to external parties."),
});

export type WrittenNetwork = z.output<typeof networkSchema>;

export function buildNetwork(written: WrittenNetwork): NetworkSpec {
  const { latency, links, names, handshake, gateway } = written;
  return {
    latency,
    ...(links.length === 0
      ? {}
      : {
          links: links.map(({ from, to, latency: added, loss, bandwidth }) => ({
            from,
            to,
            addedLatency: duration(added),
            lossRatio: loss,
            bytesPerSecond: bandwidth ?? 0,
          })),
        }),
    ...(names === undefined ? {} : { names }),
    ...(handshake === undefined ? {} : { handshake }),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

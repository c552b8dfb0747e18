/**
 * How large what the stores keep is, for their limits and their cost. Simplification, named: a span has one size, a line
 * that of its template with words of ordinary length in it, a sample that of compressed chunks.
 *
 * Source for the order of magnitude: Prometheus documentation, "Storage" (1 to 2 bytes a sample); Tempo, about 500 bytes
 * a span in OTLP; Loki and Tempo blocks are a fifth to a tenth of what came in.
 */
import type { Model } from "../../topology/model-types.js";

/** Of one sample in a compressed chunk, and of one whose block has been compacted. */
export const SAMPLE_BYTES = 1.7;
export const SPAN_BYTES = 500;
/** One stack of a profile with its value. */
export const PROFILE_ROW_BYTES = 120;
/** What is left of a byte when a block has gone from the ingesters to object storage. */
export const BLOCK_SHARE: Readonly<Record<"metrics" | "logs" | "traces" | "profiles", number>> = {
  metrics: 0.85,
  logs: 0.12,
  traces: 0.2,
  profiles: 0.25,
};

/** Time, level, ids and the attributes of the span. */
const LINE_BASE_BYTES = 220;
const PLACEHOLDER = /\{[^}]*\}/g;
const WORD_BYTES = 14;

/** By template. */
export const lineBytesByTemplate = ({ logTemplates }: Pick<Model, "logTemplates">): Int32Array =>
  Int32Array.from(
    logTemplates,
    ({ message }) => LINE_BASE_BYTES + message.replace(PLACEHOLDER, "x".repeat(WORD_BYTES)).length,
  );

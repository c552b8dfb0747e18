/**
 * How far an export has come, as a document: whoever takes a run out keeps the mark of the batch that its receiver has
 * acknowledged, and a session over the same run in a world that was built anew goes on from there. That works because a
 * world built again from its log has the same rows, samples and lines in the same order.
 */
import { z } from "zod";
import { decodeUtf8 } from "../../base/utf8.js";
import { BadParameter } from "../../query/promql/http-parameters.js";

const whole = z.number().int().min(0);

const spans = z.object({
  /** The segment of the world. */
  segment: whole,
  next: whole,
  /** Rows that were passed and wait for their end, each as its distance from the one before. */
  waiting: z.array(whole),
});

const lines = z.object({ segment: whole, next: whole });

const samples = z.object({
  sliceFromMs: z.number(),
  sliceToMs: z.number(),
  /** Targets that the slice has done. */
  done: z.array(z.string()),
  /** Of series that are not told below all was sent up to here. */
  settledMs: z.number().optional(),
  /** By target: the instant of the sample that was sent last of its series, and of those where that is another one. */
  sent: z.record(z.string(), z.object({ atMs: z.number().optional(), series: z.record(z.string(), z.number()) })),
});

const mark = z.object({
  format: z.string(),
  spans: z.array(spans).optional(),
  lines: z.array(lines).optional(),
  samples: samples.optional(),
  /** Where metrics go family by family: the last one that was sent whole. */
  family: z.string().optional(),
});

export type SpanMark = z.infer<typeof spans>;
export type LineMark = z.infer<typeof lines>;
export type SampleMark = z.infer<typeof samples>;
export type ExportMark = z.infer<typeof mark>;

/** Throws BadParameter for what is no mark. */
export function readMark(body: Uint8Array): ExportMark {
  const text = decodeUtf8(body) ?? "";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadParameter("the body is no mark of an export: no JSON");
  }
  const parsed = mark.safeParse(value);
  if (!parsed.success) throw new BadParameter(`the body is no mark of an export: ${parsed.error.issues[0].message}`);
  return parsed.data;
}

export const distances = (rows: readonly number[]): number[] =>
  rows.map((row, place) => (place === 0 ? row : row - rows[place - 1]));

export function rowsOf(steps: readonly number[]): number[] {
  let row = 0;
  return steps.map((step) => (row += step));
}

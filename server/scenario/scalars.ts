/** Zod schemas of the scalar values of scenario files: text with a unit goes in, engine units come out. */
import { z } from "zod";
import type { Duration, SimTime } from "../base/time.js";
import type { DurationSpec } from "../topology/types.js";
import {
  BYTES_PATTERN,
  DURATION_PATTERN,
  INSTANT_PATTERN,
  OFFSET_PATTERN,
  SPREAD_DURATION_PATTERN,
  parseBytes,
  parseDuration,
  parseMicros,
  parseInstant,
  parseOffset,
  parseRatio,
  parseSpreadDuration,
} from "./units.js";

/** A text that `parse` turns into a value; what it refuses is reported as `must be <what>`. */
function textScalar<Value>(options: {
  readonly what: string;
  readonly pattern: string;
  readonly examples: string[];
  readonly parse: (text: string) => Value | undefined;
}) {
  const message = `must be ${options.what}`;
  return z
    .string({ error: message })
    .meta({ description: sentence(options.what), pattern: options.pattern, examples: options.examples })
    .transform((text, context): Value => {
      const value = options.parse(text);
      if (value !== undefined) return value;
      context.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    });
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + ".";

export const durationText = textScalar<Duration>({
  what: "a duration with a unit (us, ms, s, m, h, d), such as 250ms or 1m30s",
  pattern: DURATION_PATTERN,
  examples: ["250ms", "2s", "10m"],
  parse: parseDuration,
});

/** In µs, with what is less than one. */
export const fineDurationText = textScalar<number>({
  what: "a duration with a unit (us, ms, s, m, h, d), such as 250ms or 1.5us",
  pattern: DURATION_PATTERN,
  examples: ["6us", "1.5us"],
  parse: parseMicros,
});

export const positiveDurationText = textScalar<Duration>({
  what: "a duration above zero with a unit (us, ms, s, m, h, d), such as 250ms or 1m30s",
  pattern: DURATION_PATTERN,
  examples: ["250ms", "2s", "10m"],
  parse: (text) => {
    const value = parseDuration(text);
    return value === undefined || value <= 0 ? undefined : value;
  },
});

export const spreadDurationText = textScalar<DurationSpec>({
  what: "a duration, with ~ and the sigma of its logarithm (or the word exponential) when it varies, such as 12ms or 12ms ~0.5",
  pattern: SPREAD_DURATION_PATTERN,
  examples: ["12ms ~0.5", "300us"],
  parse: parseSpreadDuration,
});

export const offsetText = textScalar<Duration>({
  what: "a time from the page with its sign, such as -10m or +5m",
  pattern: OFFSET_PATTERN,
  examples: ["-10m", "+5m", "0"],
  parse: parseOffset,
});

export const bytesText = textScalar<number>({
  what: "a size with a unit (B, KiB, MiB, GiB, KB, MB, GB), such as 512MiB",
  pattern: BYTES_PATTERN,
  examples: ["512MiB", "2GiB"],
  parse: parseBytes,
});

export const instantText = textScalar<SimTime>({
  what: "an RFC 3339 instant, such as 2025-03-12T14:05:00Z",
  pattern: INSTANT_PATTERN,
  examples: ["2025-03-12T14:05:00Z"],
  parse: parseInstant,
});

const RATIO_MESSAGE = "must be a ratio from 0 to 1, or a percentage, such as 0.005 or 0.5%";

export const ratio = z
  .union([z.number(), z.string()], { error: RATIO_MESSAGE })
  .meta({ description: "A ratio from 0 to 1, or a percentage.", examples: [0.005, "0.5%"] })
  .transform((written, context): number => {
    const value = parseRatio(written);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: RATIO_MESSAGE, input: written });
    return z.NEVER;
  });

/** Ids of components and other named things: they become label values, file names and parts of URLs. */
export const ID_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const identifier = z
  .string({ error: "must be a text" })
  .regex(ID_PATTERN, "must be lower-case words joined by hyphens, such as orders-db")
  .max(60, "must have at most 60 characters");

/** One line of text for people. */
export const line = z
  .string({ error: "must be a text" })
  .trim()
  .min(1, "must not be empty")
  .max(300, "must have at most 300 characters")
  .refine((text) => !text.includes("\n"), "must be one line");

/** Several paragraphs for people, Markdown where the guide says so. */
export const prose = z
  .string({ error: "must be a text" })
  .trim()
  .min(1, "must not be empty")
  .max(20_000, "must have at most 20,000 characters");

export const count = (least: number, most: number) => {
  const message = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z.number({ error: message }).int(message).min(least, message).max(most, message);
};

export const quantity = (least: number, most: number) => {
  const message = `must be a number from ${String(least)} to ${String(most)}`;
  return z.number({ error: message }).min(least, message).max(most, message);
};

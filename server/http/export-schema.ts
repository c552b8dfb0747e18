/** The order of an export, as it comes over HTTP; the type in `wire/export.ts` is the contract. */
import { z } from "zod";

const ADDRESS_CHARACTERS_MAX = 2_000;
const HEADERS_MAX = 20;

export const exportOrderSchema = z.strictObject({
  to: z.url({ protocol: /^https?$/ }).max(ADDRESS_CHARACTERS_MAX),
  format: z.string().max(40),
  signals: z
    .array(z.enum(["metrics", "logs", "traces"]))
    .min(1)
    .max(3)
    .optional(),
  live: z.boolean().optional(),
  wall: z.boolean().optional(),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
      z
        .string()
        .max(4_000)
        .regex(/^[\x20-\x7e]*$/),
    )
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `at most ${String(HEADERS_MAX)} headers`)
    .optional(),
});

export const stopExportSchema = z.strictObject({ id: z.string().max(100) });

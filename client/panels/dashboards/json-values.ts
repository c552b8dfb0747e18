/** Values out of JSON that nobody promised the shape of. Pure. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An empty one for anything else. */
export const record = (value: unknown): JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};

export const array = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const strings = (value: unknown): readonly string[] =>
  array(value).filter((item): item is string => typeof item === "string");

/** Values of attributes in OpenTelemetry's own form. Source: opentelemetry-proto, common.proto. */

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  /** 64 bits, as decimal digits. */
  | { readonly intValue: string }
  | { readonly doubleValue: number };

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export function anyValue(value: string | number | boolean): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: BigInt(value).toString() } : { doubleValue: value };
}

export const keyValues = (attributes: Readonly<Record<string, string | number | boolean>>): readonly KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

/** Whole microseconds as nanoseconds: more digits than a number has. */
export const nanosText = (us: number): string => (us === 0 ? "0" : `${String(Math.round(us))}000`);

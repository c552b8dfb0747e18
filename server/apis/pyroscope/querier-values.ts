/** What the messages of the querier service hold, read from JSON or taken as a text, a list, a number. */
import { decodeUtf8 } from "../../base/utf8.js";
import type { MessageValue } from "../protobuf/message.js";
import { BadProfileQuery } from "./profile-query.js";

export function jsonOf(body: Uint8Array): MessageValue {
  const text = decodeUtf8(body);
  if (text === undefined) throw new BadProfileQuery("the body is no UTF-8");
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadProfileQuery(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BadProfileQuery("the body is no JSON object");
  return withCamelCase(value as MessageValue);
}

/** The JSON mapping takes a field by its name in the description file as well: `profile_typeID`, `label_selector`. */
function withCamelCase(value: MessageValue): MessageValue {
  const camel = (name: string): string =>
    name === "profile_typeID"
      ? "profileTypeID"
      : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const inner = (held: unknown): unknown => {
    if (Array.isArray(held)) return held.map(inner);
    return typeof held === "object" && held !== null ? withCamelCase(held as MessageValue) : held;
  };
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [camel(name), inner(held)]));
}

export function textOf(value: MessageValue, name: string): string {
  const held = value[name] ?? "";
  if (typeof held !== "string") throw new BadProfileQuery(`${name} must be a text`);
  return held;
}

export function textsOf(value: MessageValue, name: string): readonly string[] {
  const held = value[name] ?? [];
  if (!Array.isArray(held) || held.some((text) => typeof text !== "string"))
    throw new BadProfileQuery(`${name} must be a list of texts`);
  return held as readonly string[];
}

export function numberOf(value: MessageValue, name: string): number | undefined {
  const held = value[name];
  if (held === undefined || held === null) return undefined;
  const number = typeof held === "string" && held.trim() !== "" ? Number(held) : held;
  if (typeof number !== "number" || !Number.isFinite(number)) throw new BadProfileQuery(`${name} must be a number`);
  return number;
}

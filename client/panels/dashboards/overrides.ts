/** What a dashboard says of single series: another name, colour, line, unit; or not to draw them. Pure. */
import { array, number, record, text } from "./json-values.js";
import { colorOf } from "./thresholds.js";

export interface FieldOverride {
  readonly matches: (name: string, refId: string) => boolean;
  readonly displayName?: string;
  readonly color?: string;
  readonly dashed?: boolean;
  readonly unit?: string;
  readonly hidden?: boolean;
  readonly fill?: number;
}

type Changes = Omit<FieldOverride, "matches">;

const READERS: Readonly<Record<string, (value: unknown) => Changes>> = {
  displayName: (value) => optional("displayName", text(value)),
  color: (value) => {
    const fixed = text(record(value)["fixedColor"]);
    return fixed === undefined ? {} : { color: colorOf(fixed).color };
  },
  unit: (value) => optional("unit", text(value)),
  "custom.lineStyle": (value) => ({ dashed: ["dash", "dot"].includes(text(record(value)["fill"]) ?? "") }),
  "custom.hideFrom": (value) => ({ hidden: record(value)["viz"] === true }),
  "custom.hidden": (value) => ({ hidden: value === true }),
  "custom.fillOpacity": (value) => ({ fill: (number(value) ?? 0) / 100 }),
};

const optional = (name: "displayName" | "unit", value: string | undefined): Changes =>
  value === undefined ? {} : { [name]: value };

/** Those whose matcher is known: by name, by pattern, by query. */
export function readOverrides(value: unknown): readonly FieldOverride[] {
  return array(value).flatMap((entry): readonly FieldOverride[] => {
    const fields = record(entry);
    const matcher = record(fields["matcher"]);
    const matches = matcherOf(text(matcher["id"]) ?? "", matcher["options"]);
    if (matches === undefined) return [];
    const changes = array(fields["properties"]).map((property) => {
      const { id, value: set } = record(property);
      return READERS[text(id) ?? ""]?.(set) ?? {};
    });
    return [Object.assign({ matches }, ...changes) as FieldOverride];
  });
}

function matcherOf(id: string, options: unknown): FieldOverride["matches"] | undefined {
  if (id === "byName") return (name) => name === options;
  if (id === "byFrameRefID") return (_name, refId) => refId === options;
  if (id !== "byRegexp") return undefined;
  const pattern = /^\/(.*)\/[a-z]*$/s.exec(text(options) ?? "")?.[1] ?? text(options) ?? "";
  try {
    const compiled = new RegExp(pattern);
    return (name) => compiled.test(name);
  } catch {
    return undefined;
  }
}

/** All that is said of one series, later overrides before earlier ones. */
export function changesFor(overrides: readonly FieldOverride[], name: string, refId: string): Changes {
  const found = overrides.filter(({ matches }) => matches(name, refId));
  return Object.assign({}, ...found.map(({ matches: _matches, ...changes }) => changes)) as Changes;
}

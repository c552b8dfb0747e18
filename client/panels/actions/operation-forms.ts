/**
 * Forms of the operations that the catalogue of a world lists: what each can be done to, and a field for each of its
 * values. Nothing here knows an operation by name, so that a new one on the server needs no change here.
 */
import type { Catalogue, Operation, OperationParameter } from "../../../server/wire/actions.js";
import type { ActionDraft, ActionField, ActionForm, FieldValues } from "./action-fields.js";
import { writeDurationInput } from "./duration-input.js";

/** What the kind of a form begins with when it is that of an operation. */
const PREFIX = "operate:";

/** Fields of values are named with this in front, so that none meets the target's. */
const VALUE_PREFIX = "value-";

/** Where an operation sets no bound: beyond it a figure is a slip of the hand. */
const FIGURE_MAX = 1e9;

const DURATION_MAX_US = 86_400_000_000;

export const operationKind = (operation: string): string => PREFIX + operation;

/** The forms of a world's operations, in the catalogue's order. */
export function operationForms({ operations }: Pick<Catalogue, "operations">): readonly ActionForm[] {
  return operations.map(operationForm);
}

function textOf(value: number | string | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return String(value);
}

const writeValue = ({ kind }: OperationParameter, value: number | string | boolean): string =>
  kind === "duration" ? writeDurationInput(Number(value)) : textOf(value);

function operationForm(operation: Operation): ActionForm {
  return {
    kind: operationKind(operation.name),
    group: operation.group,
    title: operation.title,
    purpose: operation.description,
    fields: (_context, draft) => [
      {
        kind: "choice",
        name: "target",
        label: operation.targetTitle,
        options: operation.targets.map((value) => ({ value, label: value })),
        empty: "There is nothing here that this can be done to.",
        ...(operation.targets.length === 1 ? { initial: operation.targets[0] ?? "" } : {}),
      },
      ...operation.parameters.map((parameter) => parameterField(operation, parameter, draft)),
    ],
    build: (values) => ({
      kind: "operate",
      operation: operation.name,
      target: values.text("target"),
      values: Object.fromEntries(operation.parameters.map((parameter) => [parameter.name, valueOf(parameter, values)])),
    }),
    draft: (action) => {
      if (action.kind !== "operate" || action.operation !== operation.name) return {};
      const texts = operation.parameters.flatMap((parameter) => {
        const value = action.values[parameter.name];
        return value === undefined ? [] : [[VALUE_PREFIX + parameter.name, writeValue(parameter, value)] as const];
      });
      return { target: action.target, ...Object.fromEntries(texts) };
    },
  };
}

function valueOf({ name, kind }: OperationParameter, values: FieldValues): number | string | boolean {
  const field = VALUE_PREFIX + name;
  if (kind === "switch") return values.text(field) === "on";
  return kind === "choice" ? values.text(field) : values.figure(field);
}

function parameterField(operation: Operation, parameter: OperationParameter, draft: ActionDraft): ActionField {
  const { kind, title, defaultValue, min = 0 } = parameter;
  const name = VALUE_PREFIX + parameter.name;
  switch (kind) {
    case "switch":
      return {
        kind: "choice",
        name,
        label: title,
        options: [
          { value: "on", label: "On" },
          { value: "off", label: "Off" },
        ],
        empty: "",
        initial: textOf(defaultValue),
      };
    case "choice":
      return choiceField(operation, parameter, draft);
    case "duration":
      return {
        kind: "duration",
        name,
        label: title,
        minUs: min,
        maxUs: parameter.max ?? DURATION_MAX_US,
        initial: writeDurationInput(Number(defaultValue)),
      };
    default:
      return {
        kind: "number",
        name,
        label: title,
        unit: UNITS[kind],
        min,
        max: parameter.max ?? FIGURE_MAX,
        whole: kind === "count",
        initial: textOf(defaultValue),
      };
  }
}

const UNITS: Readonly<Record<"count" | "ratio" | "factor", string>> = {
  count: "",
  ratio: "as a share, 0 to 1",
  factor: "",
};

function choiceField(operation: Operation, parameter: OperationParameter, draft: ActionDraft): ActionField {
  const target = operation.targets.indexOf(draft["target"] ?? operation.targets[0] ?? "");
  const choices = parameter.choices?.[target] ?? [];
  const initial = textOf(parameter.defaultValue);
  return {
    kind: "choice",
    name: VALUE_PREFIX + parameter.name,
    label: parameter.title,
    options: choices.map((value) => ({ value, label: value })),
    empty: `Choose first: ${operation.targetTitle.toLowerCase()}.`,
    ...(choices.includes(initial) ? { initial } : {}),
  };
}

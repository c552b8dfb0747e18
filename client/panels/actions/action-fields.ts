/**
 * Fields of an action's form: what they are, how their texts are read, and the action that they make. The forms themselves
 * are tables (action-forms, operation-forms). Pure.
 */
import type { Action, Catalogue } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { parseDurationInput, writeDurationInput } from "./duration-input.js";

/** Texts of a form as they were typed, by field name. */
export type ActionDraft = Readonly<Record<string, string>>;

/** What the fields are made from. */
export interface ActionContext {
  readonly catalogue: Catalogue;
  readonly changes: readonly ChangeRecord[];
}

export interface ChoiceOption {
  readonly value: string;
  readonly label: string;
}

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  /** What stands there now, as text; shown beside the input and used as its first value. */
  readonly current?: string;
  /** First value of an input that stands for no setting of the world. */
  readonly initial?: string;
}

export interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  readonly options: readonly ChoiceOption[];
  /** What to say when there is nothing to choose from. */
  readonly empty: string;
}

export interface NumberField extends FieldBase {
  readonly kind: "number";
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export interface DurationField extends FieldBase {
  readonly kind: "duration";
  readonly minUs: number;
  readonly maxUs: number;
}

export type ActionField = ChoiceField | NumberField | DurationField;

/** Checked values of a form: texts of choices, figures of numbers, µs of durations. */
export interface FieldValues {
  text(name: string): string;
  figure(name: string): number;
}

export interface ActionForm {
  /** Names it in the URL: the action's kind, or that of an operation. */
  readonly kind: string;
  /** Forms of a group stand together. */
  readonly group: string;
  readonly title: string;
  /** One sentence: when one reaches for it. */
  readonly purpose: string;
  /** Fields in order. Later ones may depend on what is typed in earlier ones. */
  fields(context: ActionContext, draft: ActionDraft): readonly ActionField[];
  build(values: FieldValues): Action;
  /** Inverse of `build`: the texts that give this action. */
  draft(action: Action): ActionDraft;
}

export type ReadAction =
  | { readonly ok: true; readonly action: Action }
  /** By field name; the form shows each under its field. */
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** Text of a field: what was typed, else what stands there now. */
export function fieldText(field: ActionField, draft: ActionDraft): string {
  return draft[field.name] ?? field.current ?? field.initial ?? "";
}

/** The action of a form, or what is wrong with each field. A form that changes nothing is refused as well. */
export function readAction(form: ActionForm, context: ActionContext, draft: ActionDraft): ReadAction {
  const fields = form.fields(context, draft);
  const errors: Record<string, string> = {};
  const values = new Map<string, string | number>();
  for (const field of fields) {
    const read = readField(field, fieldText(field, draft));
    if (read.ok) values.set(field.name, read.value);
    else errors[field.name] = read.message;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const settings = fields.filter(({ current }) => current !== undefined);
  if (settings.length > 0 && settings.every((field) => sameValue(field, draft))) {
    const last = settings.at(-1);
    return {
      ok: false,
      errors: { [last?.name ?? ""]: `It is ${last?.current ?? "so"} already: change it, or leave it.` },
    };
  }
  return { ok: true, action: form.build(reader(values)) };
}

type FieldResult =
  { readonly ok: true; readonly value: string | number } | { readonly ok: false; readonly message: string };

function readField(field: ActionField, text: string): FieldResult {
  if (field.kind === "choice") return readChoice(field, text);
  return field.kind === "number" ? readNumber(field, text) : readDuration(field, text);
}

function readChoice(field: ChoiceField, text: string): FieldResult {
  if (field.options.length === 0) return { ok: false, message: field.empty };
  if (text === "") return { ok: false, message: `Choose: ${field.label.toLowerCase()}.` };
  if (!field.options.some(({ value }) => value === text)) {
    return { ok: false, message: `${text} cannot be chosen here (any more). Choose another.` };
  }
  return { ok: true, value: text };
}

function readNumber(field: NumberField, text: string): FieldResult {
  const figure = Number(text.trim().replace(",", "."));
  const range = `${String(field.min)} to ${String(field.max)}`;
  if (text.trim() === "" || !Number.isFinite(figure)) return { ok: false, message: `A number is needed, ${range}.` };
  if (field.whole && !Number.isInteger(figure)) return { ok: false, message: `A whole number is needed, ${range}.` };
  if (figure < field.min || figure > field.max) return { ok: false, message: `Must be ${range}.` };
  return { ok: true, value: figure };
}

function readDuration(field: DurationField, text: string): FieldResult {
  const durationUs = parseDurationInput(text);
  if (durationUs === undefined)
    return { ok: false, message: "A duration with its unit is needed, as in 250ms or 1.5s." };
  if (durationUs < field.minUs || durationUs > field.maxUs) {
    return { ok: false, message: `Must be ${writeDurationInput(field.minUs)} to ${writeDurationInput(field.maxUs)}.` };
  }
  return { ok: true, value: durationUs };
}

function sameValue(field: ActionField, draft: ActionDraft): boolean {
  const text = fieldText(field, draft);
  if (field.kind === "choice") return text === field.current;
  const parse =
    field.kind === "duration" ? parseDurationInput : (typed: string): number => Number(typed.replace(",", "."));
  return parse(text) === parse(field.current ?? "");
}

function reader(values: ReadonlyMap<string, string | number>): FieldValues {
  return {
    text: (name) => String(values.get(name) ?? ""),
    figure: (name) => Number(values.get(name)),
  };
}

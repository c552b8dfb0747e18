/**
 * The diagnosis while it is being written. It is kept as typed, so that half an answer survives a reload, and is
 * checked as a whole before the review: every field that is wrong is named at once.
 */
import type { Notebook, Submission } from "../../../server/wire/run.js";
import { leadingHypothesis } from "../notebook/notebook-model.js";

export const EXHIBITS_MAX = 6;
export const SENTENCE_LENGTH_MAX = 2_000;

/** `""` means: not said yet. `NO_TRIGGER` is an answer of its own. */
export interface SubmissionDraft {
  readonly component: string;
  readonly faultClass: string;
  readonly trigger: string;
  /** As typed: a time expression. */
  readonly onset: string;
  /** 0 to 100. */
  readonly confidencePercent: number;
  readonly exhibits: readonly string[];
  readonly sentence: string;
  /** Calls, as `from>to`. */
  readonly path: readonly string[];
  readonly scope: string;
  readonly statusUpdate: string;
  readonly misfit: string;
}

export const PATH_MAX = 40;
export const NO_TRIGGER = "none";

export type SubmissionField = "component" | "faultClass" | "trigger" | "onset" | "exhibits" | "sentence";

export type ReadSubmission =
  | { readonly ok: true; readonly submission: Submission }
  | { readonly ok: false; readonly errors: Readonly<Partial<Record<SubmissionField, string>>> };

/** What there is to choose from, and how a typed instant is read. */
export interface SubmissionContext {
  readonly components: readonly string[];
  readonly faultClasses: readonly string[];
  readonly changes: readonly string[];
  readonly exhibits: readonly string[];
  readonly historyFromUs: number;
  readonly nowUs: number;
  readonly parseTime: (text: string) => number | undefined;
}

/** An empty answer, with the leading hypothesis of the notebook filled in where there is one. */
export function newDraft(notebook: Notebook): SubmissionDraft {
  const leading = leadingHypothesis(notebook.hypotheses);
  return {
    component: leading?.component ?? "",
    faultClass: leading?.faultClass ?? "",
    trigger: "",
    onset: "",
    confidencePercent: Math.round((leading?.confidence ?? 0.5) * 100),
    exhibits: notebook.exhibits.slice(0, EXHIBITS_MAX).map(({ id }) => id),
    sentence: "",
    path: [],
    scope: "",
    statusUpdate: "",
    misfit: "",
  };
}

/** A draft from stored JSON, field by field; undefined when it is none. */
export function readStoredDraft(json: string): SubmissionDraft | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof stored !== "object" || stored === null) return undefined;
  const fields = stored as Readonly<Record<string, unknown>>;
  const { component, faultClass, trigger, onset, confidencePercent, exhibits, sentence } = fields;
  if (!isText(component) || !isText(faultClass) || !isText(trigger) || !isText(onset) || !isText(sentence))
    return undefined;
  if (typeof confidencePercent !== "number" || !Array.isArray(exhibits)) return undefined;
  const names = exhibits.filter(isText).slice(0, EXHIBITS_MAX);
  const text = (name: string): string => (isText(fields[name]) ? fields[name] : "");
  const path = Array.isArray(fields["path"]) ? fields["path"].filter(isText).slice(0, PATH_MAX) : [];
  return {
    component,
    faultClass,
    trigger,
    onset,
    confidencePercent,
    exhibits: names,
    sentence,
    path,
    scope: text("scope"),
    statusUpdate: text("statusUpdate"),
    misfit: text("misfit"),
  };
}

/** A call as the draft keeps it. */
export const edgeKey = ({ from, to }: { readonly from: string; readonly to: string }): string => `${from}>${to}`;

export function edgeOfKey(key: string): { readonly from: string; readonly to: string } {
  const [from = "", to = ""] = key.split(">");
  return { from, to };
}

/** The draft with a call drawn or wiped out. */
export function togglePathEdge(draft: SubmissionDraft, key: string): SubmissionDraft {
  if (draft.path.includes(key)) return { ...draft, path: draft.path.filter((other) => other !== key) };
  return draft.path.length >= PATH_MAX ? draft : { ...draft, path: [...draft.path, key] };
}

/** The submission, or every field that keeps it from being one. */
export function readSubmission(draft: SubmissionDraft, context: SubmissionContext): ReadSubmission {
  const errors: Partial<Record<SubmissionField, string>> = {};
  if (!context.components.includes(draft.component)) errors.component = "Choose the component in which the cause sits.";
  if (!context.faultClasses.includes(draft.faultClass)) errors.faultClass = "Choose what kind of fault it is.";
  if (draft.trigger !== NO_TRIGGER && !context.changes.includes(draft.trigger)) {
    errors.trigger = "Choose the change that set it off, or say that none did.";
  }
  const onsetUs = context.parseTime(draft.onset);
  const onsetError = onsetProblem(draft, onsetUs, context);
  if (onsetError !== undefined) errors.onset = onsetError;
  if (draft.exhibits.length > EXHIBITS_MAX)
    errors.exhibits = `At most ${String(EXHIBITS_MAX)} exhibits: take some out.`;
  const sentence = draft.sentence.trim();
  if (sentence === "") errors.sentence = "Say in a sentence what happened.";
  if (sentence.length > SENTENCE_LENGTH_MAX) errors.sentence = `At most ${String(SENTENCE_LENGTH_MAX)} characters.`;
  if (onsetUs === undefined || Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    submission: {
      component: draft.component,
      faultClass: draft.faultClass,
      trigger: draft.trigger === NO_TRIGGER ? undefined : draft.trigger,
      onsetUs,
      confidence: Math.min(1, Math.max(0, draft.confidencePercent / 100)),
      exhibits: draft.exhibits.filter((id) => context.exhibits.includes(id)),
      sentence,
      ...(draft.path.length > 0 && { path: draft.path.map(edgeOfKey) }),
      ...said("scope", draft.scope),
      ...said("statusUpdate", draft.statusUpdate),
      ...said("misfit", draft.misfit),
    },
  };
}

/** The draft with an exhibit put in or taken out; a seventh is refused by leaving the draft as it is. */
export function toggleExhibit(draft: SubmissionDraft, id: string): SubmissionDraft {
  if (draft.exhibits.includes(id)) return { ...draft, exhibits: draft.exhibits.filter((other) => other !== id) };
  return draft.exhibits.length >= EXHIBITS_MAX ? draft : { ...draft, exhibits: [...draft.exhibits, id] };
}

/** What the stated confidence pays when the answer is right and when it is wrong: ten points at most, quadratic. */
export function forecastPoints(confidence: number): { readonly right: number; readonly wrong: number } {
  return { right: 10 * (1 - (1 - confidence) ** 2), wrong: -10 * confidence ** 2 };
}

function onsetProblem(
  draft: SubmissionDraft,
  onsetUs: number | undefined,
  context: SubmissionContext,
): string | undefined {
  if (draft.onset.trim() === "") return "Say when it began: click the time line or type a time.";
  if (onsetUs === undefined) return "Not a time: try 14:02, 14:02:30 or now-20m.";
  if (onsetUs > context.nowUs) return "That is later than now.";
  if (onsetUs < context.historyFromUs) return "That is before the history begins.";
  return undefined;
}

/** What was not said is left out. */
function said(name: "scope" | "statusUpdate" | "misfit", text: string): Partial<Submission> {
  const trimmed = text.trim().slice(0, SENTENCE_LENGTH_MAX);
  return trimmed === "" ? {} : { [name]: trimmed };
}

const isText = (value: unknown): value is string => typeof value === "string";

/** An action in words, the name to type before a destructive one, and its form in a URL. */
import type { Action } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import type { ActionDraft, ActionForm } from "./action-fields.js";
import { actionForms } from "./action-forms.js";
import { operationKind } from "./operation-forms.js";
import { writeDurationInput } from "./duration-input.js";

/** Prefix of the form's fields in the URL, so that they meet no parameter of another view. */
const FIELD_PREFIX = "act-";
const KIND_PARAMETER = "act";

/** Title of a change by its id. */
export type ChangeTitles = (id: string) => string;

type Sentences = {
  readonly [Kind in Action["kind"]]: (action: Extract<Action, { kind: Kind }>, titleOf: ChangeTitles) => string;
};

const SENTENCES: Sentences = {
  rollback: (action, titleOf) => `Roll back ${titleOf(action.change)}`,
  restart: (action) =>
    action.instance === undefined
      ? `Restart all instances of ${action.service}`
      : `Restart instance ${String(action.instance)} of ${action.service}`,
  scale: (action) => `Scale ${action.service} to ${count(action.instances, "instance")}`,
  "set-flag": (action) => `Switch ${action.flag} ${action.value ? "on" : "off"}`,
  "set-timeout": (action) => `Timeout of ${action.service} to ${action.target}: ${writeDurationInput(action.timeout)}`,
  "set-retry": (action) =>
    `Retries of ${action.service} to ${action.target}: ${count(action.retry.attempts, "attempt")}, backoff ${writeDurationInput(action.retry.backoff)}`,
  "set-pool": (action) => `Pool of ${action.service} to ${action.target}: ${count(action.poolSize, "connection")}`,
  "drop-label": (action) => `Drop label ${action.label} of ${action.metric}`,
  "post-silence": ({ matchers }) => `Silence ${matchers.map(({ name, value }) => `${name} ${value}`).join(", ")}`,
  "expire-silence": () => "End a silence",
  operate: (action) => `${action.operation.replaceAll("-", " ")}: ${action.target}`,
};

/** One line that says what the action does, without judging it. Changes go by their ids where no titles are given. */
export function actionTitle(action: Action, titleOf: ChangeTitles = (id) => id): string {
  const sentence = SENTENCES[action.kind] as (of: Action, titleOf: ChangeTitles) => string;
  return sentence(action, titleOf);
}

/** Titles of the changes of a list. */
export function changeTitles(changes: readonly Pick<ChangeRecord, "id" | "title">[]): ChangeTitles {
  const titles = new Map(changes.map(({ id, title }) => [id, title]));
  return (id) => titles.get(id) ?? id;
}

/** What an action is aimed at: the name that is typed to confirm a destructive one. */
export function actionTarget(action: Action): string {
  switch (action.kind) {
    case "rollback":
      return action.change;
    case "set-flag":
      return action.flag;
    case "drop-label":
      return action.metric;
    case "post-silence":
      return action.id;
    case "expire-silence":
      return action.silence;
    case "operate":
      return action.target;
    default:
      return action.service;
  }
}

/** URL parameters that open the actions view with this form filled in; `forms` are those of the world. */
export function actionUrlValues(
  action: Action,
  forms: readonly ActionForm[] = actionForms(),
): Readonly<Record<string, string>> {
  const kind = action.kind === "operate" ? operationKind(action.operation) : action.kind;
  return draftUrlValues(kind, forms.find((form) => form.kind === kind)?.draft(action) ?? {});
}

/** URL parameters of a form being filled in. */
export function draftUrlValues(kind: string, draft: ActionDraft): Readonly<Record<string, string>> {
  const fields = Object.entries(draft).map(([name, text]) => [FIELD_PREFIX + name, text]);
  return Object.fromEntries([[KIND_PARAMETER, kind], ...fields]) as Record<string, string>;
}

/** Of the parameters in the URL those of a form, set to nothing: merged in before another's, they clear it. */
export function clearedUrlValues(parameters: ReadonlyMap<string, string>): Readonly<Record<string, undefined>> {
  const names = [...parameters.keys()].filter((name) => name === KIND_PARAMETER || name.startsWith(FIELD_PREFIX));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** Kind and texts of the form that stand in the URL; the kind may be unknown. */
export function readDraftUrl(parameters: ReadonlyMap<string, string>): {
  readonly kind: string | undefined;
  readonly draft: ActionDraft;
} {
  const fields = [...parameters].filter(([name]) => name.startsWith(FIELD_PREFIX));
  return {
    kind: parameters.get(KIND_PARAMETER),
    draft: Object.fromEntries(fields.map(([name, text]) => [name.slice(FIELD_PREFIX.length), text])),
  };
}

function count(figure: number, noun: string): string {
  return `${String(figure)} ${noun}${figure === 1 ? "" : "s"}`;
}

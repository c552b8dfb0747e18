import { describe, expect, test } from "vitest";
import { readAction } from "../../../client/panels/actions/action-fields.js";
import type { ActionContext, ActionDraft } from "../../../client/panels/actions/action-fields.js";
import { actionForms } from "../../../client/panels/actions/action-forms.js";
import {
  actionTarget,
  actionTitle,
  actionUrlValues,
  clearedUrlValues,
  readDraftUrl,
} from "../../../client/panels/actions/action-text.js";
import { groupForms } from "../../../client/panels/actions/form-groups.js";
import { operationForms } from "../../../client/panels/actions/operation-forms.js";
import { parseDurationInput, writeDurationInput } from "../../../client/panels/actions/duration-input.js";
import type { Action } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";

const change = (id: string, canRollBack: boolean, state: ChangeRecord["state"] = "live"): ChangeRecord => ({
  id,
  kind: "deploy",
  target: "cart",
  atUs: 0,
  author: "mira",
  title: "cart 2.4.1",
  description: "",
  diff: "",
  canRollBack,
  state,
});

const context: ActionContext = {
  catalogue: {
    components: [{ id: "order", title: "Order service", kind: "service", operations: [] }],
    services: [
      {
        id: "order",
        instances: [
          { name: "order-0", version: "1.4", state: "up" },
          { name: "order-1", version: "1.4", state: "up" },
        ],
        workers: 16,
        instancesMax: 6,
        dependencies: [
          {
            target: "payment",
            timeout: 3_000_000,
            poolSize: 20,
            retry: { attempts: 3, backoff: 100_000, multiplier: 2, jitter: 0.2 },
          },
        ],
      },
    ],
    flags: [{ name: "express", title: "Express checkout", owner: "order", value: false, description: "One page." }],
    operations: [
      {
        name: "set-breaker",
        title: "Circuit breaker",
        group: "Calls",
        description: "Stops calling a target that keeps failing.",
        targetTitle: "Caller and what it calls",
        targets: ["order → payment", "order → stock"],
        parameters: [
          { name: "on", title: "On", kind: "switch", defaultValue: true },
          { name: "failureRatio", title: "Opens at", kind: "ratio", defaultValue: 0.5, min: 0.01, max: 1 },
          { name: "openFor", title: "Open for", kind: "duration", defaultValue: 10_000_000, min: 100_000 },
          { name: "copy", title: "Copy", kind: "choice", defaultValue: "a", choices: [["a", "b"], ["c"]] },
        ],
      },
    ],
    droppableLabels: [
      { metric: "http_requests_total", label: "user_id", dropped: false },
      { metric: "http_requests_total", label: "pod", dropped: true },
    ],
    metrics: [],
  },
  changes: [change("deploy-1", true), change("deploy-2", false), change("deploy-3", true, "rolled-back")],
};

const forms = [...actionForms(), ...operationForms(context.catalogue)];
const actionForm = (kind: string) => forms.find((form) => form.kind === kind);

const read = (kind: string, draft: ActionDraft) => {
  const form = actionForm(kind);
  if (!form) throw new Error(`no form for ${kind}`);
  return readAction(form, context, draft);
};

const ACTIONS: readonly Action[] = [
  { kind: "rollback", change: "deploy-1" },
  { kind: "restart", service: "order" },
  { kind: "restart", service: "order", instance: 1 },
  { kind: "scale", service: "order", instances: 4 },
  { kind: "set-flag", flag: "express", value: true },
  { kind: "set-timeout", service: "order", target: "payment", timeout: 250_000 },
  {
    kind: "set-retry",
    service: "order",
    target: "payment",
    retry: { attempts: 1, backoff: 0, multiplier: 1.5, jitter: 0 },
  },
  { kind: "set-pool", service: "order", target: "payment", poolSize: 40 },
  { kind: "drop-label", metric: "http_requests_total", label: "user_id" },
  {
    kind: "operate",
    operation: "set-breaker",
    target: "order → stock",
    values: { on: false, failureRatio: 0.25, openFor: 1_500_000, copy: "c" },
  },
];

describe("action forms", () => {
  test.each(ACTIONS.map((action) => [actionTitle(action), action] as const))(
    "%s: draft and URL read back",
    (_, action) => {
      const values = actionUrlValues(action, forms);
      const parameters = new Map([...Object.entries(values), ["from", "now-1h"]]);
      const { kind, draft } = readDraftUrl(parameters);
      expect(kind).toBe(action.kind === "operate" ? "operate:set-breaker" : action.kind);
      expect(read(kind ?? "", draft)).toEqual({ ok: true, action });
      expect(Object.keys(clearedUrlValues(parameters))).toEqual(Object.keys(values));
      expect(actionTarget(action)).not.toBe("");
    },
  );

  test("there is one form for each kind, and one for each operation of the world", () => {
    const kinds = new Set(ACTIONS.map((action) => (action.kind === "operate" ? "operate:set-breaker" : action.kind)));
    expect(forms.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  });

  test("an operation offers the choices of its target, and begins with its defaults", () => {
    const draft = { target: "order → payment" };
    const fields = actionForm("operate:set-breaker")?.fields(context, draft) ?? [];
    const copy = fields.find(({ name }) => name === "value-copy");
    expect(copy?.kind === "choice" && copy.options.map(({ value }) => value)).toEqual(["a", "b"]);
    expect(read("operate:set-breaker", draft)).toMatchObject({
      ok: true,
      action: { values: { on: true, failureRatio: 0.5, openFor: 10_000_000, copy: "a" } },
    });
    expect(read("operate:set-breaker", { ...draft, "value-failureRatio": "2" })).toMatchObject({
      ok: false,
      errors: { "value-failureRatio": "Must be 0.01 to 1." },
    });
    expect(read("operate:set-breaker", { target: "order → stock", "value-copy": "a" })).toMatchObject({ ok: false });
  });

  test("forms are found by every word of what they do, in their groups", () => {
    expect(groupForms(forms, "calling STOPS").map(({ title, forms: found }) => [title, found.length])).toEqual([
      ["Calls", 1],
    ]);
    expect(groupForms(forms, "").flatMap(({ forms: found }) => found).length).toBe(forms.length);
    expect(groupForms(forms, "no such thing")).toEqual([]);
  });

  test("only changes that can still be rolled back are offered", () => {
    const field = actionForm("rollback")?.fields(context, {})[0];
    expect(field?.kind === "choice" && field.options.map(({ value }) => value)).toEqual(["deploy-1"]);
    expect(read("rollback", { change: "deploy-3" })).toMatchObject({ ok: false });
  });

  test("an untouched setting is refused, and says what it is", () => {
    expect(read("set-timeout", { service: "order", target: "payment" })).toEqual({
      ok: false,
      errors: { timeout: "It is 3s already: change it, or leave it." },
    });
    expect(read("set-timeout", { service: "order", target: "payment", timeout: "3000ms" })).toMatchObject({
      ok: false,
    });
  });

  test.each([
    ["scale", { service: "order", instances: "7" }, "instances", "Must be 1 to 6."],
    ["scale", { service: "order", instances: "2.5" }, "instances", "A whole number is needed, 1 to 6."],
    [
      "set-timeout",
      { service: "order", target: "payment", timeout: "5" },
      "timeout",
      "A duration with its unit is needed, as in 250ms or 1.5s.",
    ],
    ["set-pool", { service: "order" }, "target", "Choose: calls to."],
    [
      "drop-label",
      { metric: "http_requests_total", label: "pod" },
      "label",
      "pod cannot be chosen here (any more). Choose another.",
    ],
  ] as const)("%s %j: %s is refused", (kind, draft, field, message) => {
    const answer = read(kind, draft);
    expect(answer.ok ? undefined : answer.errors[field]).toBe(message);
  });
});

describe("durations", () => {
  test.each([
    ["250ms", 250_000],
    ["1.5s", 1_500_000],
    ["2m", 120_000_000],
    ["90us", 90],
    ["0ms", 0],
    ["1.23ms", 1_230],
  ])("%s is %i µs, both ways", (text, us) => {
    expect(parseDurationInput(text)).toBe(us);
    expect(writeDurationInput(us)).toBe(text);
  });

  test.each(["", "5", "ms", "-5ms", "five seconds"])("%j is none", (text) => {
    expect(parseDurationInput(text)).toBeUndefined();
  });
});

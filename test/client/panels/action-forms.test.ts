import { describe, expect, test } from "vitest";
import { actionForm, actionForms, readAction } from "../../../client/panels/actions/action-forms.js";
import type { ActionContext, ActionDraft } from "../../../client/panels/actions/action-forms.js";
import {
  actionTarget,
  actionTitle,
  actionUrlValues,
  clearedUrlValues,
  readDraftUrl,
} from "../../../client/panels/actions/action-text.js";
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
    operations: [],
    droppableLabels: [
      { metric: "http_requests_total", label: "user_id", dropped: false },
      { metric: "http_requests_total", label: "pod", dropped: true },
    ],
    metrics: [],
  },
  changes: [change("deploy-1", true), change("deploy-2", false), change("deploy-3", true, "rolled-back")],
};

const read = (kind: Action["kind"], draft: ActionDraft) => {
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
];

describe("action forms", () => {
  test.each(ACTIONS.map((action) => [actionTitle(action), action] as const))(
    "%s: draft and URL read back",
    (_, action) => {
      const values = actionUrlValues(action);
      const { kind, draft } = readDraftUrl((name) => values[name]);
      expect(kind).toBe(action.kind);
      expect(read(action.kind, draft)).toEqual({ ok: true, action });
      expect(Object.keys(clearedUrlValues())).toEqual(expect.arrayContaining(Object.keys(values)));
      expect(actionTarget(action)).not.toBe("");
    },
  );

  test("there is one form for each kind", () => {
    expect(
      actionForms()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([...new Set(ACTIONS.map(({ kind }) => kind))].sort());
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

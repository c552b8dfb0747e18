/** What learners can do about those who come: limit or block a tenant, keep automated clients out. */
import { failure, success } from "../../base/result.js";
import type { Model } from "../../topology/model-types.js";
import type { PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import { tenantName, tenantOfName } from "../request-draws.js";
import { SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition } from "./action-definition.js";

/** Tenants that a form offers. */
const TENANTS_SHOWN = 50;

const tenants = ({ model }: Engine): readonly string[] =>
  Array.from({ length: Math.min(model.topology.load.tenants?.count ?? 0, TENANTS_SHOWN) }, (_, place) =>
    tenantName(place),
  );
const edgesOf = ({ services }: Model): readonly string[] =>
  services.filter(({ spec }) => spec.kind === "edge").map(({ spec }) => spec.id);

const watchRefused = (model: Model): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: "Requests that are answered 429",
  watchQuery: `sum(rate(http_server_request_duration_seconds_count{job=~"${edgesOf(model).join("|")}",http_response_status_code="429"}[1m])) or vector(0)`,
});

const LIMIT_TENANT: ActionDefinition = {
  name: "rate-limit-tenant",
  title: "Limit the rate of a tenant",
  description: "The edge answers 429 to requests of the tenant beyond so many a second.",
  targetTitle: "Tenant",
  targets: tenants,
  parameters: [
    { name: "perSecond", title: "Requests a second", kind: "factor", min: 0.1, max: 100_000, defaultValue: 5 },
  ],
  plan: ({ model, parts }, target, { perSecond }) => {
    const before = parts.walk.gate.limitOf(tenantOfName(target));
    if (before === perSecond)
      return failure({
        message: `${target} is limited to ${String(before)} requests a second already`,
        remedy: "Choose another rate.",
      });
    return success({
      summary: `Let in ${String(perSecond)} requests a second of ${target}`,
      touches: edgesOf(model),
      durationUs: SETTING_US,
      sideEffects: ["Requests of the tenant beyond that fail, whoever of its users sends them."],
      undo: { kind: "operate", operation: "unblock-tenant", target, values: {} },
      destructive: false,
      ...watchRefused(model),
    });
  },
  schedule: () => [SETTING_US],
  step: ({ walk }, target, { perSecond }) => {
    walk.gate.limit(tenantOfName(target), Number(perSecond));
  },
};

const BLOCK_TENANT: ActionDefinition = {
  name: "block-tenant",
  title: "Block a tenant",
  description: "The edge answers 429 to every request of the tenant.",
  targetTitle: "Tenant",
  targets: tenants,
  parameters: [],
  plan: ({ model, parts }, target) =>
    parts.walk.gate.limitOf(tenantOfName(target)) === 0
      ? failure({ message: `${target} is blocked already`, remedy: "Choose another tenant." })
      : success({
          summary: `Block every request of ${target}`,
          touches: edgesOf(model),
          durationUs: SETTING_US,
          sideEffects: ["All users of the tenant are shut out, also those who did nothing unusual."],
          undo: { kind: "operate", operation: "unblock-tenant", target, values: {} },
          destructive: true,
          ...watchRefused(model),
        }),
  schedule: () => [SETTING_US],
  step: ({ walk }, target) => {
    walk.gate.limit(tenantOfName(target), 0);
  },
};

const UNBLOCK_TENANT: ActionDefinition = {
  name: "unblock-tenant",
  title: "Lift the limit of a tenant",
  description: "The edge lets in every request of the tenant again.",
  targetTitle: "Tenant",
  targets: (engine) =>
    tenants(engine).filter((tenant) => engine.parts.walk.gate.limitOf(tenantOfName(tenant)) !== Infinity),
  parameters: [],
  plan: ({ model, parts }, target) =>
    parts.walk.gate.limitOf(tenantOfName(target)) === Infinity
      ? failure({ message: `${target} is not limited`, remedy: "Choose a tenant that is." })
      : success({
          summary: `Lift the limit of ${target}`,
          touches: edgesOf(model),
          durationUs: SETTING_US,
          sideEffects: ["The whole load of the tenant comes back at once."],
          destructive: false,
          ...watchRefused(model),
        }),
  schedule: () => [SETTING_US],
  step: ({ walk }, target) => {
    walk.gate.limit(tenantOfName(target), Infinity);
  },
};

const BLOCK_BOTS: ActionDefinition = {
  name: "block-bots",
  title: "Keep automated clients out",
  description: "The edge answers 429 to clients that it recognizes as automated.",
  targetTitle: "Edge",
  targets: ({ model }) => edgesOf(model),
  parameters: [{ name: "on", title: "On", kind: "switch", defaultValue: true }],
  plan: ({ model, parts }, target, { on }) =>
    parts.walk.gate.refusesBots === on
      ? failure({
          message: `automated clients are kept out ${on ? "already" : "no longer"}`,
          remedy: "Choose the other position.",
        })
      : success({
          summary: on === true ? `Keep automated clients out at ${target}` : `Let automated clients in at ${target}`,
          touches: edgesOf(model),
          durationUs: SETTING_US,
          sideEffects: [
            on === true ? "Crawlers of search engines are shut out too." : "Whatever they sent comes back.",
          ],
          undo: { kind: "operate", operation: "block-bots", target, values: { on: on !== true } },
          destructive: false,
          ...watchRefused(model),
        }),
  schedule: () => [SETTING_US],
  step: ({ walk }, _target, { on }) => {
    walk.gate.refuseBots(on === true);
  },
};

export const LOAD_ACTIONS: readonly ActionDefinition[] = [LIMIT_TENANT, BLOCK_TENANT, UNBLOCK_TENANT, BLOCK_BOTS];

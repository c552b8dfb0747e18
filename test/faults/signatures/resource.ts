/** Signatures of faults of processes and nodes. */
import type { Signature } from "./signature.js";

export const RESOURCE_SIGNATURES: readonly Signature[] = [
  {
    class: "resource/cpu-stress",
    target: "catalogue",
    parameters: { share: 0.6 },
    trigger: "setting",
    // Published for chains under a CPU hog: callers' p99 at 1, 2 and 3 hops.
    signs: [
      { of: "catalogue", measure: "p99", min: 1.5 },
      { of: "api-gateway GET /api/search", measure: "p99", min: 1.15 },
      { of: "web GET /search", measure: "p99", min: 1.1 },
      { of: "edge GET /search", measure: "p99", min: 1.05 },
    ],
    hurt: { search: 0.1 },
    unhurt: ["checkout", "view-orders"],
    flat: { payment: 0.05, inventory: 0.15, user: 0.15 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "recommendation" }],
  },
];

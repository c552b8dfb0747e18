/** Faults of certificates and identities. */
import type { FaultMechanism } from "../topology/effects.js";

/** The target's certificate is past its end: whoever opens a connection to it gives up; open connections go on. */
export const CERTIFICATE_EXPIRED: FaultMechanism = {
  class: "security/certificate-expired",
  effects: (fault) => [{ kind: "certificate-expired", component: fault.target }],
};

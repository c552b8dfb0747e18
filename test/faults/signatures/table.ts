/** The table of signatures: the families' own rows, joined. */
import { CACHE_SIGNATURES } from "./cache.js";
import { CALL_SIGNATURES } from "./calls.js";
import { CODE_SIGNATURES } from "./code.js";
import { CONTROL_SIGNATURES } from "./control.js";
import { DEPENDENCY_SIGNATURES } from "./dependency.js";
import { MESSAGE_SIGNATURES } from "./messages.js";
import { NETWORK_SIGNATURES } from "./network.js";
import { RESOURCE_SIGNATURES } from "./resource.js";
import type { Signature } from "./signature.js";
import { STORE_SIGNATURES } from "./store.js";
import { TELEMETRY_SIGNATURES } from "./telemetry.js";
import { TRAFFIC_SIGNATURES } from "./traffic.js";

export const SIGNATURES: readonly Signature[] = [
  ...RESOURCE_SIGNATURES,
  ...NETWORK_SIGNATURES,
  ...DEPENDENCY_SIGNATURES,
  ...CALL_SIGNATURES,
  ...STORE_SIGNATURES,
  ...CACHE_SIGNATURES,
  ...MESSAGE_SIGNATURES,
  ...CODE_SIGNATURES,
  ...CONTROL_SIGNATURES,
  ...TELEMETRY_SIGNATURES,
  ...TRAFFIC_SIGNATURES,
];

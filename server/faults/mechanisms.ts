/** The table from fault class to mechanism: what `compileModel` takes to know what a fault does. */
import type { FaultMechanism, FaultMechanisms } from "../topology/effects.js";
import { CONNECTION_LEAK, KEEP_ALIVE_MISMATCH, POOL_EXHAUSTION, RETRY_STORM, TIMEOUT_MISCONFIGURED } from "./calls.js";
import { EXCEPTION, FEATURE_FLAG, MIXED_VERSIONS, PARTIAL_FAILURE, SLOW_METHOD, WRONG_SETTING } from "./code.js";
import { CACHE_DISABLED, EVICTION, STAMPEDE } from "./cache.js";
import { N_PLUS_ONE } from "./database.js";
import { ERRORS, SLOW } from "./dependency.js";
import { BANDWIDTH, CONNECTION_RESET, DNS_ERROR, LATENCY, PACKET_LOSS, PARTITION, ZONE_LOSS } from "./network.js";
import { CERTIFICATE_EXPIRED } from "./security.js";
import { CPU_STRESS } from "./resource.js";
import { FAILOVER, HOT_PARTITION, LOCK_CONTENTION, MISSING_INDEX, REPLICATION_LAG } from "./stores.js";
import { LABEL_CARDINALITY } from "./telemetry.js";
import { SURGE } from "./traffic.js";

const ALL: readonly FaultMechanism[] = [
  SLOW,
  ERRORS,
  N_PLUS_ONE,
  LABEL_CARDINALITY,
  CPU_STRESS,
  SURGE,
  LATENCY,
  PACKET_LOSS,
  PARTITION,
  BANDWIDTH,
  CONNECTION_RESET,
  DNS_ERROR,
  ZONE_LOSS,
  CERTIFICATE_EXPIRED,
  STAMPEDE,
  CACHE_DISABLED,
  EVICTION,
  EXCEPTION,
  SLOW_METHOD,
  PARTIAL_FAILURE,
  FEATURE_FLAG,
  WRONG_SETTING,
  MIXED_VERSIONS,
  RETRY_STORM,
  TIMEOUT_MISCONFIGURED,
  KEEP_ALIVE_MISMATCH,
  POOL_EXHAUSTION,
  CONNECTION_LEAK,
  MISSING_INDEX,
  LOCK_CONTENTION,
  HOT_PARTITION,
  REPLICATION_LAG,
  FAILOVER,
];

export const FAULT_MECHANISMS: FaultMechanisms = new Map(ALL.map((mechanism) => [mechanism.class, mechanism]));

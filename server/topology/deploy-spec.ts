/** How the instances of a service are replaced by others of a new version. */
import type { Duration } from "../base/time.js";

export interface DeploySpec {
  /**
   * `rolling`: some at a time. `canary`: a share of them first, the others after a time. `blue-green`: as many new ones
   * beside the old ones, then all requests to the new ones at once.
   */
  readonly strategy: "rolling" | "canary" | "blue-green";
  /** Instances that may be missing of those that the service shall have. */
  readonly maxUnavailable: number;
  /** Instances that there may be beyond those that the service shall have. */
  readonly maxSurge: number;
  /** Between one instance being ready and the next being stopped. */
  readonly pause: Duration;
  readonly canaryShare: number;
  readonly canaryTime: Duration;
}

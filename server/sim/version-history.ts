/** Which version each process ran when: what spans and traces say about `service.version`. */
import type { Model } from "../topology/model-types.js";

export interface VersionStep {
  readonly instance: number;
  /** The process with this version started. */
  readonly fromUs: number;
  readonly version: string;
}

export class VersionHistory {
  /** By time. */
  readonly steps: VersionStep[];

  constructor(
    readonly model: Model,
    steps: readonly VersionStep[] = [],
  ) {
    this.steps = [...steps];
  }

  append(step: VersionStep): void {
    this.steps.push(step);
  }

  /** Version of the instance at an instant. */
  versionAt(instance: number, atUs: number): string {
    for (let index = this.steps.length - 1; index >= 0; index--) {
      const step = this.steps[index];
      if (step.instance === instance && step.fromUs <= atUs) return step.version;
    }
    return this.model.services[this.model.instances[instance].service].spec.version;
  }
}

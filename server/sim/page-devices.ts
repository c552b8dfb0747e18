/** Which device a page was viewed on: the one that the load declares for the user, or one by the browser's own shares. */
import { combine } from "../base/draw.js";
import type { DeviceSpec } from "../topology/browser-spec.js";
import type { RequestDraws } from "./request-draws.js";
import { Segments } from "./segments.js";

const FOR_DEVICE_HERE = 643;

export class PageDevices {
  readonly #segments: Segments;

  constructor(
    readonly draws: RequestDraws,
    readonly devices: readonly DeviceSpec[],
  ) {
    this.#segments = new Segments(devices, FOR_DEVICE_HERE);
  }

  /** Index into `devices`. */
  of(request: number): number {
    const declared = this.draws.propertyOf("device", request);
    if (declared < 0) return this.#segments.of(combine(this.draws.keys.requests, this.draws.userOf(request)));
    const name = this.draws.properties.device?.names[declared];
    return Math.max(
      0,
      this.devices.findIndex((device) => device.name === name),
    );
  }
}

/** Defects of pages in browsers: the services are well, the users are not. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { optionalNumber, optionalText } from "./parameter-values.js";

/** A page loads more, works more, shifts or breaks. */
export const FRONT_END: FaultMechanism = {
  class: "code/front-end",
  effects(fault, topology) {
    const { browser } = topology;
    if (browser === undefined) throw new FaultRefused(fault.id, "the topology has no pages", "Declare browser.pages.");
    const page = optionalText(fault, "page");
    const device = optionalText(fault, "device");
    if (page !== undefined && !browser.pages.some(({ id }) => id === page))
      throw new FaultRefused(fault.id, `there is no page ${page}`, `Name one of ${namesOf(browser.pages)}.`);
    if (device !== undefined && !browser.devices.some(({ name }) => name === device))
      throw new FaultRefused(fault.id, `there is no device ${device}`, "Name one of the load's devices.");
    return [
      {
        kind: "page-defect",
        service: fault.target,
        page,
        device,
        weightFactor: optionalNumber(fault, "weight") ?? 1,
        workFactor: optionalNumber(fault, "work") ?? 1,
        shift: optionalNumber(fault, "shift") ?? 0,
        errorRatio: optionalNumber(fault, "errorRatio") ?? 0,
      },
    ];
  },
};

const namesOf = (list: readonly { readonly id: string }[]): string => list.map(({ id }) => id).join(", ");

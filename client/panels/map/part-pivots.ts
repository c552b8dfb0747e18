/** The menu of values on the names of parts and calls, wherever the map writes them. */
import type { LitElement } from "lit";
import { elementMarks, PivotController } from "../../controllers/pivot-controller.js";
import type { PivotSubject } from "../../elements/pivots.js";

/** On every element of the host with a `data-part`: the id of a part, or of a call as `from>to`. */
export const pivotParts = (host: LitElement): PivotController =>
  new PivotController(host, elementMarks(host, "[data-part]", subjectOf));

function subjectOf({ dataset: { part = "" } }: HTMLElement | SVGElement): PivotSubject {
  const [from = "", to] = part.split(">");
  return to === undefined ? { field: "service", value: from } : { field: "server_address", value: to, service: from };
}

/** Values of the domain as buttons that lead on: a service with its colour, an instant, any field. Templates. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import { formatClock, formatDateTime } from "../charts/format.js";
import "./pivot-menu.js";
import type { PivotSubject } from "./pivots.js";
import "./service-chip.js";

/** What is known of where a value was seen. */
type PivotPlace = Pick<PivotSubject, "service" | "atUs" | "traceId">;

export const pivotValue = (
  field: string,
  value: string,
  place: PivotPlace = {},
  shown: TemplateResult | string = value,
): TemplateResult => html`<fd-pivot-menu .subject=${{ ...place, field, value }}>${shown}</fd-pivot-menu>`;

export const serviceValue = (name: string, place: PivotPlace = {}): TemplateResult =>
  pivotValue("service", name, place, html`<fd-service-chip name=${name}></fd-service-chip>`);

/** The time of the day; the copy has the date. */
export const timeValue = (atUs: number, place: PivotPlace = {}, digits: 0 | 3 = 0): TemplateResult =>
  pivotValue("time", `${formatDateTime(atUs)} UTC`, { ...place, atUs }, formatClock(atUs, digits));

/** Named by its first characters. */
export const traceValue = (traceId: string, place: PivotPlace = {}): TemplateResult =>
  pivotValue("trace_id", traceId, place, html`<span class="data">${traceId.slice(0, 8)}</span>`);

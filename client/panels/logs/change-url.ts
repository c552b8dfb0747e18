/** How a control of the log view asks for other parameters of the address: the event `change-url`, which the view hears. */
import type { ParameterChange } from "./logs-query.js";

export type ChangeUrlEvent = CustomEvent<{ readonly change: ParameterChange }>;

export function changeUrl(control: HTMLElement, change: ParameterChange): void {
  control.dispatchEvent(new CustomEvent("change-url", { detail: { change }, bubbles: true, composed: true }));
}

/** `<fd-profile-tools>`: of what a profile is, what it is compared with, and in which form it is shown: all in the address. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ProfiledProcess } from "../../../server/wire/profile.js";
import { findFrames } from "../../charts/flame-tree.js";
import { formatShare } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { findField } from "../../elements/find-field.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { parameterSelect, parameterToggle } from "./parameter-buttons.js";
import { instancesOf, parseSpan, PROFILE_KINDS, servicesOf, versionsOf } from "./profile-query.js";
import type { ProfileReading } from "./profile-reading.js";

const FORMS: readonly (readonly [string, string])[] = [
  ["both", "Flame and table"],
  ["flame", "Flame"],
  ["table", "Table"],
  ["sandwich", "Callers and callees"],
];

type Options = readonly (readonly [value: string, title: string])[];

@customElement("fd-profile-tools")
export class ProfileTools extends LitElement {
  @property({ attribute: false }) service: string | undefined;
  @property({ attribute: false }) processes: readonly ProfiledProcess[] = [];
  @property({ attribute: false }) reading: ProfileReading | undefined;
  @property({ attribute: false }) source!: () => ExportSource | undefined;
  @property({ attribute: false }) exhibit!: () => ExhibitParts | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    return html`<div class="row tools">
        ${this.renderScope()}
        <fd-export-menu .source=${this.source}></fd-export-menu>
        <fd-pin-button label="Pin profile" .exhibit=${this.exhibit}></fd-pin-button>
      </div>
      <div class="row tools">${this.renderForm()}</div>`;
  }

  private renderScope(): TemplateResult {
    const { service, processes, url } = this;
    const known = servicesOf(processes);
    const services = service === undefined || known.includes(service) ? known : [service, ...known];
    const versions = service === undefined ? [] : versionsOf(processes, service);
    const instances = service === undefined ? [] : instancesOf(processes, service);
    const select = (label: string, name: string, options: Options, value = url.get(name) ?? ""): TemplateResult =>
      parameterSelect(url, { label, name, value, options });
    return html`${select("Service", "service", plain(services), service ?? "")}
      <span class="segments" role="group" aria-label="What is measured">
        ${PROFILE_KINDS.map(({ kind, title, help }) =>
          parameterToggle(url, { name: "type", value: kind === "cpu" ? undefined : kind, title, help }),
        )}
      </span>
      ${select("Version", "version", [["", "all"], ...plain(versions)])}
      ${select("Process", "instance", [["", "all"], ...plain(instances)])}
      ${select("Compare with", "base", baselines(url.get("base") ?? "", versions))}`;
  }

  private renderForm(): TemplateResult {
    const { url } = this;
    return html`<span class="segments" role="group" aria-label="Form">
        ${FORMS.map(([form, title]) =>
          parameterToggle(url, { name: "form", value: form === "both" ? undefined : form, title }),
        )}
      </span>
      <span class="segments" role="group" aria-label="Order of the frames">
        ${parameterToggle(url, { name: "order", value: undefined, title: "Heaviest left" })}
        ${parameterToggle(url, {
          name: "order",
          value: "time",
          title: "By time",
          help: "Each column is a part of the time; how full it is, is how much was spent",
        })}
      </span>
      ${findField(url, { name: "find", label: "Find functions" })}
      <span class="soft small" role="status">${this.foundText()}</span>`;
  }

  private foundText(): string {
    const find = this.url.get("find");
    if (this.reading === undefined || find === undefined) return "";
    const found = findFrames(this.reading.tree, find);
    return `${String(found.functions)} functions, ${formatShare(found.share)} of all`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      .tools {
        gap: var(--space-2) var(--space-3);
      }
      .tools label {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
      }
    `,
  ];
}

const plain = (names: readonly string[]): Options => names.map((name) => [name, name] as const);

function baselines(chosen: string, versions: readonly string[]): Options {
  return [
    ["", "nothing"],
    ["before", "the same time before"],
    ...versions.map((version) => [`v:${version}`, `version ${version}`] as const),
    ...(parseSpan(chosen) === undefined ? [] : [[chosen, "the span with shift"] as const]),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-profile-tools": ProfileTools;
  }
}

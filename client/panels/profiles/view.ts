/**
 * Profiles: what a service spent its processors, its memory and its waiting on, by function. Above the lines over time
 * from which a span is picked; below a flame graph (the heaviest left, or by time), the callers and callees of one
 * function, and a table; all of them beside another time or version where asked. In the URL: see profile-query, and
 * `form`, `fn`, `find`, `frame`, `zoom`, `sort`, `group`.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { ProfiledProcess, ProfileTree, ProfileTreeRequest } from "../../../server/wire/profile.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { flameTree, functionRows } from "../../charts/flame-tree.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { Remembered } from "../../state/remembered.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { findDeep } from "../shell/find-deep.js";
import { orderOf } from "./function-sort.js";
import type { FunctionOrder } from "./function-sort.js";
import "./function-table.js";
import "./profile-flame.js";
import { kindOf, scopeText, servicesOf, treeRequestOf } from "./profile-query.js";
import { functionOf, kindOfReading, profileExhibit, scaleFor } from "./profile-reading.js";
import type { ProfileReading } from "./profile-reading.js";
import { functionsTable, profileRequests } from "./profile-export.js";
import "./profile-sandwich.js";
import "./profile-timeline.js";
import "./profile-tools.js";
import { profilesStyles } from "./view.styles.js";

@customElement("fd-view-profiles")
export class ProfilesView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private readonly remembered = new Remembered();

  private readonly processes = new QueryController<readonly ProfiledProcess[]>(this, {
    key: () => [this.run.runId, this.run.store.snapshot.actions.length, this.run.store.snapshot.historyProgress],
    run: (signal) => this.run.queries.profiledProcesses(signal),
  });

  private readonly answer = new QueryController<ProfileTree>(this, {
    key: () => (this.service === undefined ? undefined : this.request(this.service)),
    run: (signal) => this.run.queries.profileTree(this.request(this.service ?? ""), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  /** The one of the address, else the one that paged, else the first. */
  private get service(): string | undefined {
    const wanted = this.read("service");
    if (wanted !== undefined) return wanted;
    const services = servicesOf(this.processes.value ?? []);
    const paged = this.run.store.snapshot.page?.service ?? "";
    return services.includes(paged) ? paged : services[0];
  }

  private request(service: string): ProfileTreeRequest {
    return treeRequestOf(this.read, service, this.time.window(), this.run.store.snapshot.historyFromUs);
  }

  /** Of the newest answer; what it is called by is what is asked now. */
  private get reading(): ProfileReading | undefined {
    const { value: answer, answeredKey } = this.answer;
    const { service } = this;
    if (answer === undefined || service === undefined) return undefined;
    const request = this.request(service);
    const comparison = this.read("by") === "rate" ? "rate" : "share";
    const tree = this.remembered.once("tree", answeredKey, () => flameTree(answer));
    const parts = { answer, tree, request, comparison } as const;
    const key = JSON.stringify([answeredKey, request, comparison]);
    return this.remembered.once("reading", key, () => ({ key, ...parts }));
  }

  override render(): TemplateResult {
    const { reading, service } = this;
    const error = this.answer.error ?? this.processes.error;
    return html`<div class="view">
      <fd-profile-tools
        .service=${service}
        .processes=${this.processes.value ?? []}
        .reading=${reading}
        .source=${() => this.exported()}
        .exhibit=${() => (this.reading === undefined ? undefined : profileExhibit(this.reading))}
      ></fd-profile-tools>
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      <fd-profile-timeline
        .service=${service}
        .baseline=${this.baselineSpan()}
        ?quiet=${error !== undefined}
      ></fd-profile-timeline>
      ${reading === undefined ? nothing : this.renderProfile(reading)}
    </div>`;
  }

  /** Of a comparison in time; versions are compared wherever they ran. */
  private baselineSpan(): TimeWindow | undefined {
    return this.read("base")?.startsWith("v:") === true ? undefined : this.request("").baseline;
  }

  private renderProfile(reading: ProfileReading): TemplateResult {
    const { tree } = reading;
    if (tree.sum === 0 && tree.baselineSum === 0) return this.renderEmpty();
    const form = this.read("form") ?? "both";
    const flame = html`<fd-profile-flame .reading=${reading}></fd-profile-flame>`;
    const parts = {
      both: () => html`${flame}${this.renderTable(reading)}`,
      flame: () => flame,
      table: () => this.renderTable(reading),
      sandwich: () => html`<fd-profile-sandwich .reading=${reading}></fd-profile-sandwich>${this.renderTable(reading)}`,
    };
    const isSingle = form === "flame" || form === "table";
    return html`<p class="small" data-answer>${summary(reading)}</p>
      <div class="panes ${isSingle ? "single" : ""}">
        ${(Object.hasOwn(parts, form) ? parts[form as keyof typeof parts] : parts.both)()}
      </div>`;
  }

  private renderEmpty(): TemplateResult {
    const { service = "" } = this;
    const { value: processes } = this.processes;
    if (processes !== undefined && !servicesOf(processes).includes(service)) return this.renderUnprofiled(service);
    const kind = kindOf(this.read("type"));
    return html`<fd-empty-answer
      heading="No samples here: ${kind.title}"
      .filters=${["sel", "version", "instance", "base"]}
      >${kind.help}</fd-empty-answer
    >`;
  }

  /** Databases, queues and the monitoring itself: another time or another kind would show nothing either. */
  private renderUnprofiled(service: string): TemplateResult {
    return html`<fd-empty-state heading="${service} is not profiled">
      <p>Profiles come from the processes of services. What else it does stands on its dashboard.</p>
      <p><a href=${this.url.href("dashboards", { service })}>Dashboard of ${service}</a></p>
    </fd-empty-state>`;
  }

  private renderTable(reading: ProfileReading): TemplateResult {
    const { tree } = reading;
    return html`<div class="table" tabindex="0" role="group" aria-label="Functions">
      <fd-function-table
        .rows=${this.remembered.once("rows", this.answer.answeredKey, () => functionRows(tree))}
        .sum=${tree.sum}
        .scale=${scaleFor(reading, tree)}
        .format=${kindOfReading(reading).value}
        .order=${orderOf(this.read("sort") ?? (tree.compared ? "change" : undefined))}
        .find=${this.read("find") ?? ""}
        .chosen=${this.read("fn") ?? functionOf(this.read("frame") ?? "")}
        @order-change=${(event: CustomEvent<{ readonly order: FunctionOrder }>) => {
          this.url.set({ sort: event.detail.order });
        }}
        @function-open=${(event: CustomEvent<{ readonly name: string }>) => {
          this.url.set({ form: "sandwich", fn: event.detail.name });
        }}
      ></fd-function-table>
    </div>`;
  }

  private exported(): ExportSource | undefined {
    const { reading } = this;
    if (reading === undefined) return undefined;
    const { request } = reading;
    const chart = findDeep(this.renderRoot, "fd-flame");
    return {
      title: `${kindOfReading(reading).title} of ${request.service}`,
      caption: scopeText(request),
      table: functionsTable(reading.tree, request.kind),
      requests: profileRequests(request),
      ...(chart === undefined ? {} : { chart }),
    };
  }

  static override styles = [sharedStyles, fillStyles, profilesStyles];
}

/** What the profile is of, and what it is compared with, in a sentence or two. */
function summary(reading: ProfileReading): TemplateResult {
  const { tree, answer, request } = reading;
  const kind = kindOfReading(reading);
  const merged = answer.mergedFrames === 0 ? "" : `, ${String(answer.mergedFrames)} small frames as “other”`;
  return html`<strong>${kind.value(tree.sum)}</strong> (${kind.perSecond(tree.sum / Math.max(1, answer.seconds))} on
    average, all processes together) in ${scopeText(request)}${merged}.
    ${
      request.baseline === undefined
        ? nothing
        : html`Compared with ${scopeText(request.baseline)} (${kind.value(tree.baselineSum)}), as shares of the whole:
            <span class="more">+ more</span>, <span class="less">− less</span>.`
    } <span class="soft">${kind.help}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-profiles": ProfilesView;
  }
}

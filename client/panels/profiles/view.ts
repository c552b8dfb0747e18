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
import type { ProfiledProcess, ProfileTimeline, ProfileTree } from "../../../server/wire/profile.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { seriesColors } from "../../charts/colors.js";
import "../../charts/flame.js";
import { layoutFlame } from "../../charts/flame-layout.js";
import type { FlameFrame, FlameLayout } from "../../charts/flame-layout.js";
import type { FlameRange } from "../../charts/flame.js";
import {
  calleesOf,
  callersOf,
  differenceOf,
  findFrames,
  flameTree,
  functionRows,
  scaleOf,
} from "../../charts/flame-tree.js";
import type { FlameTree, Scale } from "../../charts/flame-tree.js";
import { formatShare } from "../../charts/format.js";
import "../../charts/span-picker.js";
import type { PickerLine } from "../../charts/span-picker-layout.js";
import { changeText, differenceLook, leftHeavyFrames, moduleLook, timeOrderFrames } from "../../charts/stack-frames.js";
import type { StackDirection, StackFrame } from "../../charts/stack-frames.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { orderOf } from "./function-sort.js";
import type { FunctionOrder } from "./function-sort.js";
import "./function-table.js";
import {
  formatSpan,
  instancesOf,
  kindOf,
  parseSpan,
  PROFILE_KINDS,
  scopeText,
  servicesOf,
  treeRequestOf,
  versionsOf,
} from "./profile-query.js";
import { functionsTable, profileRequests } from "./profile-export.js";
import { profilesStyles } from "./view.styles.js";

/** Functions that an exhibit keeps. */
const FROZEN_FUNCTIONS = 12;

const FORMS: readonly (readonly [string, string])[] = [
  ["both", "Flame and table"],
  ["flame", "Flame"],
  ["table", "Table"],
  ["sandwich", "Callers and callees"],
];

@customElement("fd-view-profiles")
export class ProfilesView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private readonly marks = new MarkerController(this, () => this.run);
  /** Made from an answer and a few parameters; the same until one of them changes. */
  private readonly made = new Map<string, { readonly key: unknown; readonly value: unknown }>();

  private readonly processes = new QueryController<readonly ProfiledProcess[]>(this, {
    key: () => [this.run.runId, this.run.store.snapshot.actions.length, this.run.store.snapshot.historyProgress],
    run: (signal) => this.run.queries.profiledProcesses(signal),
  });

  private readonly tree = new QueryController<ProfileTree>(this, {
    key: () => (this.service === undefined ? undefined : this.treeRequest(this.service)),
    run: (signal) => this.run.queries.profileTree(this.treeRequest(this.service ?? ""), signal),
  });

  private readonly timeline = new QueryController<ProfileTimeline>(this, {
    key: () => (this.service === undefined ? undefined : [this.service, this.timelineScope()]),
    run: (signal) => {
      const request = { service: this.service ?? "", kind: this.kind.kind, ...this.timelineScope() };
      return this.run.queries.profileTimeline(request, signal);
    },
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  /* What is asked */

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private get kind(): ReturnType<typeof kindOf> {
    return kindOf(this.read("type"));
  }

  /** The one of the address, else the one that paged, else the first. */
  private get service(): string | undefined {
    const wanted = this.read("service");
    if (wanted !== undefined) return wanted;
    const services = servicesOf(this.processes.value ?? []);
    const paged = this.run.store.snapshot.page?.service ?? "";
    return services.includes(paged) ? paged : services[0];
  }

  private treeRequest(service: string): ReturnType<typeof treeRequestOf> {
    return treeRequestOf(this.read, service, this.time.window(), this.run.store.snapshot.historyFromUs);
  }

  private timelineScope(): TimeWindow & { readonly groupBy: "instance" | "version" } {
    return { ...this.time.window(), groupBy: this.read("group") === "version" ? "version" : "instance" };
  }

  private once<Value>(name: string, key: unknown, make: () => Value): Value {
    const text = JSON.stringify(key);
    const before = this.made.get(name);
    if (before?.key === text) return before.value as Value;
    const value = make();
    this.made.set(name, { key: text, value });
    return value;
  }

  /** Of the newest answer. */
  private get flame(): FlameTree | undefined {
    const { value, answeredKey } = this.tree;
    return value === undefined ? undefined : this.once("tree", answeredKey, () => flameTree(value));
  }

  private scaleFor(tree: FlameTree): Scale | undefined {
    const { value } = this.tree;
    if (!tree.compared || value === undefined) return undefined;
    const comparison = this.read("by") === "rate" ? "rate" : "share";
    return scaleOf(tree, comparison, { now: value.seconds, before: value.baselineSeconds ?? 1 });
  }

  /* Drawing */

  override render(): TemplateResult {
    const { flame, service } = this;
    const error = this.tree.error ?? this.timeline.error ?? this.processes.error;
    return html`<div class="view">
      ${this.renderTools(service)}
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${this.renderTimeline(service)} ${flame === undefined ? nothing : this.renderProfile(flame)}
    </div>`;
  }

  private renderTools(service: string | undefined): TemplateResult {
    const processes = this.processes.value ?? [];
    const known = servicesOf(processes);
    const services = service === undefined || known.includes(service) ? known : [service, ...known];
    const versions = service === undefined ? [] : versionsOf(processes, service);
    const instances = service === undefined ? [] : instancesOf(processes, service);
    const base = this.read("base") ?? "";
    const compareWith = [
      ["", "nothing"],
      ["before", "the same time before"],
      ...versions.map((version) => [`v:${version}`, `version ${version}`] as const),
      ...(parseSpan(base) === undefined ? [] : [[base, "the span with shift"] as const]),
    ];
    return html`<div class="row tools">
        ${this.select(
          "Service",
          "service",
          service ?? "",
          services.map((one) => [one, one]),
        )}
        <span class="segments" role="group" aria-label="What is measured">
          ${PROFILE_KINDS.map(({ kind, title, help }) => this.toggle("type", kind === "cpu" ? undefined : kind, title, help))}
        </span>
        ${this.select("Version", "version", this.read("version") ?? "", [["", "all"], ...versions.map((one) => [one, one] as const)])}
        ${this.select("Process", "instance", this.read("instance") ?? "", [["", "all"], ...instances.map((one) => [one, one] as const)])}
        ${this.select("Compare with", "base", base, compareWith as readonly (readonly [string, string])[])}
        <fd-export-menu .source=${() => this.exported()}></fd-export-menu>
        <fd-pin-button label="Pin profile" .exhibit=${() => this.exhibit()}></fd-pin-button>
      </div>
      <div class="row tools">
        <span class="segments" role="group" aria-label="Form">
          ${FORMS.map(([form, title]) => this.toggle("form", form === "both" ? undefined : form, title))}
        </span>
        <span class="segments" role="group" aria-label="Order of the frames">
          ${this.toggle("order", undefined, "Heaviest left")}
          ${this.toggle("order", "time", "By time", "Each column is a part of the time; how full it is, is how much was spent")}
        </span>
        <input
          type="search"
          aria-label="Find functions"
          placeholder="Find functions"
          .value=${this.read("find") ?? ""}
          @input=${(event: Event) => {
            this.url.set({ find: (event.target as HTMLInputElement).value || undefined }, { replace: true });
          }}
        />
        <span class="soft small" role="status">${this.foundText()}</span>
      </div>`;
  }

  private foundText(): string {
    const { flame } = this;
    const find = this.read("find");
    if (flame === undefined || find === undefined) return "";
    const found = findFrames(flame, find);
    return `${String(found.functions)} functions, ${formatShare(found.share)} of all`;
  }

  private select(
    label: string,
    name: string,
    value: string,
    options: readonly (readonly [value: string, title: string])[],
  ): TemplateResult {
    return html`<label
      ><span class="soft small">${label}</span>
      <select
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value || undefined;
          this.url.set({
            [name]: chosen,
            ...(name === "service" ? { version: undefined, instance: undefined, base: undefined, fn: undefined } : {}),
            frame: undefined,
            zoom: undefined,
          });
        }}
      >
        ${options.map(([option, title]) => html`<option value=${option} ?selected=${option === value}>${title}</option>`)}
      </select></label
    >`;
  }

  /** A button that sets a parameter; undefined is the value of an address without it. */
  private toggle(name: string, value: string | undefined, title: string, help?: string): TemplateResult {
    return html`<button
      title=${help ?? nothing}
      aria-pressed=${this.read(name) === value ? "true" : "false"}
      ?data-chart-table=${name === "form" && value === "table"}
      @click=${() => {
        this.url.set({ [name]: value, zoom: undefined, ...(name === "order" ? { frame: undefined } : {}) });
      }}
    >
      ${title}
    </button>`;
  }

  private renderTimeline(service: string | undefined): TemplateResult {
    const { value } = this.timeline;
    const groups = value?.groups ?? [];
    const colors = seriesColors(groups.map(({ name }) => name));
    const lines = groups.map(({ name, points }): PickerLine => ({
      name,
      color: colors.get(name) ?? "var(--series-1)",
      points: points.map(({ toUs, perSecond }) => ({ toUs, value: perSecond })),
    }));
    return html`<fd-span-picker
        caption="${this.kind.title} of ${service ?? "a service"} over time, a line for each ${this.read("group") === "version" ? "version" : "process"}."
        .lines=${lines}
        .stepUs=${value?.stepUs ?? 10_000_000}
        .window=${this.time.window()}
        .span=${parseSpan(this.read("sel"))}
        .baseline=${this.baselineSpan()}
        .markers=${this.marks.markers}
        .format=${this.kind.perSecond}
        @span-pick=${(event: CustomEvent<{ readonly span: TimeWindow | undefined }>) => {
          this.url.set({ sel: event.detail.span && formatSpan(event.detail.span), zoom: undefined });
        }}
        @baseline-pick=${(event: CustomEvent<{ readonly span: TimeWindow | undefined }>) => {
          this.url.set({ base: event.detail.span && formatSpan(event.detail.span), zoom: undefined });
        }}
      ></fd-span-picker>
      <div class="row small soft">
        <span class="legend"
          >${lines.map(({ name, color }) => html`<span><i style="background:${color}"></i>${name}</span>`)}</span
        >
        <span class="segments" role="group" aria-label="A line for each">
          ${this.toggle("group", undefined, "Processes")} ${this.toggle("group", "version", "Versions")}
        </span>
        <span>Drag to pick a span, shift and drag to pick the one to compare with.</span>
        ${
          this.read("sel") === undefined
            ? nothing
            : html`<button
                @click=${() => {
                  this.url.set({ sel: undefined });
                }}
              >
                ${icon("close", 12)} Whole range
              </button>`
        }
      </div>`;
  }

  /** Of a comparison in time; versions are compared wherever they ran. */
  private baselineSpan(): TimeWindow | undefined {
    const { baseline } = this.treeRequest("");
    return baseline === undefined || this.read("base")?.startsWith("v:") === true ? undefined : baseline;
  }

  private renderProfile(tree: FlameTree): TemplateResult {
    if (tree.sum === 0 && tree.baselineSum === 0) return this.renderEmpty();
    const form = this.read("form") ?? "both";
    const parts = {
      both: () => html`${this.renderGraph(tree)}${this.renderTable(tree)}`,
      flame: () => this.renderGraph(tree),
      table: () => this.renderTable(tree),
      sandwich: () => html`${this.renderSandwich(tree)}${this.renderTable(tree)}`,
    };
    const isSingle = form === "flame" || form === "table";
    return html`<p class="small">${this.summary(tree)}</p>
      <div class="panes ${isSingle ? "single" : ""}">
        ${(Object.hasOwn(parts, form) ? parts[form as keyof typeof parts] : parts.both)()}
      </div>`;
  }

  private renderEmpty(): TemplateResult {
    return html`<fd-empty-answer
      heading="No ${this.kind.title.toLowerCase()} samples here"
      .filters=${["sel", "version", "instance", "base"]}
      >${this.kind.help}</fd-empty-answer
    >`;
  }

  private summary(tree: FlameTree): TemplateResult {
    const { kind } = this;
    const request = this.treeRequest(this.service ?? "");
    const { value } = this.tree;
    const merged =
      value === undefined || value.mergedFrames === 0 ? "" : `, ${String(value.mergedFrames)} small frames as “other”`;
    const seconds = Math.max(1, value?.seconds ?? 1);
    return html`<strong>${kind.value(tree.sum)}</strong> (${kind.perSecond(tree.sum / seconds)} on average) in
      ${scopeText(request)}${merged}.
      ${
        request.baseline === undefined
          ? nothing
          : html`Compared with ${scopeText(request.baseline)} (${kind.value(tree.baselineSum)}), as shares of the whole:
              <span class="more">+ more</span>, <span class="less">− less</span>.`
      } <span class="soft">${kind.help}</span>`;
  }

  private layoutOf(tree: FlameTree, name: string, direction: StackDirection): FlameLayout {
    const scale = this.scaleFor(tree);
    const byTime = name === "main" && this.read("order") === "time";
    return this.once(`layout ${name}`, [this.tree.answeredKey, byTime, this.read("fn")], () => {
      const look = scale === undefined ? moduleLook(tree) : differenceLook(tree, scale);
      const request = this.treeRequest(this.service ?? "");
      return layoutFlame(
        byTime
          ? timeOrderFrames(tree, this.tree.value?.slices ?? [], request, look)
          : leftHeavyFrames(tree, look, { scale, direction }),
      );
    });
  }

  private renderGraph(tree: FlameTree): TemplateResult {
    return html`<div class="graph">
      ${this.graph(tree, "main", "down", `Flame graph of ${this.kind.title} of ${this.service ?? ""}, callers above their callees`)}
      ${this.renderFigures(tree)}
    </div>`;
  }

  private graph(tree: FlameTree, name: string, direction: StackDirection, caption: string): TemplateResult {
    const layout = this.layoutOf(tree, name, direction);
    const isMain = name === "main";
    return html`<fd-flame
      clickOpens
      style="--rows:${String(layout.rows.length)}"
      .layout=${layout}
      .range=${isMain ? rangeOf(this.read("zoom")) : undefined}
      .selected=${isMain ? this.read("frame") : undefined}
      .found=${this.foundIn(layout, tree)}
      .caption=${caption}
      .subjectOf=${({ id }: FlameFrame) => ({ field: "function", value: functionOf(id), service: this.service })}
      .describe=${(frame: FlameFrame) => this.figuresText(tree, frame as StackFrame)}
      @frame-select=${(event: CustomEvent<{ readonly id: string }>) => {
        if (isMain) this.url.set({ frame: event.detail.id }, { replace: true });
      }}
      @frame-open=${(event: CustomEvent<{ readonly id: string }>) => {
        if (isMain) this.url.set({ frame: event.detail.id });
        else this.url.set({ fn: functionOf(event.detail.id) });
      }}
      @range-change=${(event: CustomEvent<{ readonly range: FlameRange | undefined }>) => {
        const { range } = event.detail;
        if (isMain)
          this.url.set({ zoom: range && `${shortNumber(range.from)}-${shortNumber(range.to)}` }, { replace: true });
      }}
    ></fd-flame>`;
  }

  private foundIn(layout: FlameLayout, tree: FlameTree): ReadonlySet<string> | undefined {
    const find = this.read("find");
    if (find === undefined) return undefined;
    return this.once(
      `found ${String(layout.byId.size)}`,
      [this.tree.answeredKey, find, this.read("order"), this.read("fn")],
      () => {
        const { matches } = findFrames(tree, find);
        const names = new Set(tree.names.filter((_, at) => matches[at] === 1));
        return new Set([...layout.byId.keys()].filter((id) => names.has(functionOf(id))));
      },
    );
  }

  /** In words: name, total and self with their shares, and the change. */
  private figuresText(tree: FlameTree, { id, node }: { readonly id: string; readonly node: number }): string {
    const { kind } = this;
    const scale = this.scaleFor(tree);
    const total = tree.total[node] ?? 0;
    const self = tree.self[node] ?? 0;
    const share = (value: number): string => formatShare(tree.sum === 0 ? 0 : value / tree.sum);
    const change = scale === undefined ? undefined : differenceOf(total, tree.baselineTotal[node] ?? 0, scale);
    return (
      `${functionOf(id)}: total ${kind.value(total)} (${share(total)}), self ${kind.value(self)} (${share(self)})` +
      (change === undefined
        ? ""
        : `, ${changeText(change.now, change.before)} against ${this.read("by") === "rate" ? "the rate" : "the share"} before`)
    );
  }

  private renderFigures(tree: FlameTree): TemplateResult {
    const id = this.read("frame");
    if (id === undefined)
      return html`<p class="figures soft small">
        Click a frame to fill the width with it; 0 shows all again. Ctrl and wheel zoom.
      </p>`;
    const name = functionOf(id);
    const frame = this.layoutOf(tree, "main", "down").byId.get(id) as StackFrame | undefined;
    return html`<div class="figures row">
      <span class="data"
        >${frame === undefined ? `${name} is not in this profile` : this.figuresText(tree, frame)}</span
      >
      <button
        @click=${() => {
          this.url.set({ form: "sandwich", fn: name });
        }}
      >
        Callers and callees
      </button>
      <button
        @click=${() => {
          this.url.set({ find: name });
        }}
      >
        Find everywhere
      </button>
      ${
        this.read("zoom") === undefined
          ? nothing
          : html`<button
              @click=${() => {
                this.url.set({ zoom: undefined, frame: undefined });
              }}
            >
              Show all
            </button>`
      }
      <a href=${this.url.href("traces", { service: this.service, order: "slowest" })}
        >Slowest traces of ${this.service}</a
      >
    </div>`;
  }

  private renderSandwich(tree: FlameTree): TemplateResult {
    const name = this.read("fn") ?? functionRows(tree)[0]?.name ?? "";
    const key = [this.tree.answeredKey, name];
    const callers = this.once("callers", key, () => callersOf(tree, name));
    const callees = this.once("callees", key, () => calleesOf(tree, name));
    if (callees.sum === 0 && callees.baselineSum === 0)
      return html`<fd-empty-state heading="${name} does not occur here"
        >Choose a function in the table, or
        <button
          class="link"
          @click=${() => {
            this.url.set({ fn: undefined });
          }}
        >
          take the heaviest one</button
        >.</fd-empty-state
      >`;
    return html`<div class="graph">
      <h3>Called by</h3>
      ${this.graph(callers, "callers", "up", `Callers of ${name}, the function at the bottom`)}
      <h3>Calls</h3>
      ${this.graph(callees, "callees", "down", `What ${name} calls, the function at the top`)}
    </div>`;
  }

  private renderTable(tree: FlameTree): TemplateResult {
    return html`<div class="table" tabindex="0" role="group" aria-label="Functions">
      <fd-function-table
        .rows=${this.once("rows", this.tree.answeredKey, () => functionRows(tree))}
        .sum=${tree.sum}
        .scale=${this.scaleFor(tree)}
        .format=${this.kind.value}
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
    const { flame, kind, service } = this;
    if (flame === undefined || service === undefined) return undefined;
    const request = this.treeRequest(service);
    const chart = this.renderRoot.querySelector("fd-flame");
    return {
      title: `${kind.title} of ${service}`,
      caption: scopeText(request),
      table: functionsTable(flame),
      requests: profileRequests(request),
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(): ExhibitParts | undefined {
    const { flame, kind, service } = this;
    if (flame === undefined || service === undefined) return undefined;
    const scale = this.scaleFor(flame);
    const facts = functionRows(flame)
      .slice(0, FROZEN_FUNCTIONS)
      .map(({ name, self, baselineSelf }) => {
        const change = scale === undefined ? undefined : differenceOf(self, baselineSelf, scale);
        const suffix = change === undefined ? "" : `, ${changeText(change.now, change.before)}`;
        return {
          name: name.slice(0, 200),
          value: `self ${kind.value(self)} (${formatShare(self / flame.sum)})${suffix}`,
        };
      });
    return { title: `${kind.title} profile of ${service}`, frozen: { kind: "facts", facts } };
  }

  static override styles = [sharedStyles, fillStyles, profilesStyles];
}

/** The innermost function of a path. */
const functionOf = (id: string): string => id.slice(id.lastIndexOf(";") + 1).replace(/^\d+\//, "");

const shortNumber = (value: number): string => value.toFixed(6).replace(/\.?0+$/, "");

function rangeOf(text: string | undefined): FlameRange | undefined {
  const match = /^([\d.]+)-([\d.]+)$/.exec(text ?? "");
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return match !== null && to > from ? { from, to } : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-profiles": ProfilesView;
  }
}

/**
 * RUM: what browsers of real users have reported. Web Vitals with their bands, by page, region, device, version or
 * language, page loads over time, and the sessions in which something went wrong, each with the trace of its request. In
 * the URL: `by`, and a filter for each dimension.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { RumAnswer, RumFigures, RumSession, VitalInfo } from "../../../server/wire/rum.js";
import { VITALS } from "../../../server/wire/rum.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { formatClock, formatCount, formatShare } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { pivotValue, timeValue, traceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { groupsTable, rumRequests } from "./rum-export.js";
import { rumStyles } from "./view.styles.js";
import {
  BAND_WORDS,
  TROUBLE_HELP,
  bandOf,
  DIMENSIONS,
  dimensionOf,
  rumRequestOf,
  troubleShare,
  vitalSentence,
  vitalText,
  worstVital,
} from "./vital-text.js";

@customElement("fd-view-rum")
export class RumView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private readonly marks = new MarkerController(this, () => this.run);

  private readonly answer = new QueryController<RumAnswer>(this, {
    key: () => rumRequestOf(this.read, this.time.window()),
    run: (signal) => this.run.queries.pageViews(rumRequestOf(this.read, this.time.window()), signal),
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

  override render(): TemplateResult {
    const { value, error } = this.answer;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${value === undefined ? nothing : value.declared ? this.renderAnswer(value) : this.renderNone()}
    </div>`;
  }

  private renderNone(): TemplateResult {
    return html`<fd-empty-state heading="Browsers report nothing here">
      <p>
        The pages of this system measure nothing in the browser: what users met between the edge and their screen is not
        known. What the edge itself answered is:
      </p>
      <p>
        <a href=${this.url.href("slo")}>Objectives of the journeys</a> ·
        <a href=${this.url.href("dashboards", { service: "edge" })}>Requests at the edge</a> ·
        <a href=${this.url.href("traces", { order: "slowest" })}>Slowest traces</a>
      </p>
    </fd-empty-state>`;
  }

  private renderAnswer(answer: RumAnswer): TemplateResult {
    return html`${this.renderTools(answer)}
      <div class="body" tabindex="0" role="group" aria-label="Page views">
        <div class="vitals">${VITALS.map((info) => this.renderVital(info, answer.total))}</div>
        ${answer.total.views === 0 ? this.renderSilent(answer) : nothing} ${this.renderCharts(answer)}
        ${this.renderGroups(answer)} ${this.renderSessions(answer)}
      </div>`;
  }

  private renderTools(answer: RumAnswer): TemplateResult {
    const by = dimensionOf(this.read("by"));
    return html`<div class="row">
      <span class="segments" role="group" aria-label="Grouped by">
        ${DIMENSIONS.map(
          ([name, title]) =>
            html`<button
              aria-pressed=${name === by ? "true" : "false"}
              @click=${() => {
                this.url.set({ by: name === "page" ? undefined : name });
              }}
            >
              ${title}
            </button>`,
        )}
      </span>
      ${DIMENSIONS.filter(([name]) => answer.values[name].length > 0).map(
        ([name, title]) =>
          html`<select
            aria-label=${title}
            @change=${(event: Event) => {
              this.url.set({ [name]: (event.target as HTMLSelectElement).value || undefined });
            }}
          >
            <option value="" ?selected=${this.read(name) === undefined}>${title}: all</option>
            ${answer.values[name].map((value) => html`<option value=${value} ?selected=${this.read(name) === value}>${value}</option>`)}
          </select>`,
      )}
      <span class="soft small" data-answer>
        ${formatCount(answer.total.views)} page
        views${answer.sampleRatio < 1 ? `, one in ${formatCount(1 / answer.sampleRatio)} reports` : ""}${sinceText(answer, this.time.window().fromUs)}
      </span>
      <span class="row take">
        <fd-export-menu .source=${() => this.exported(answer)}></fd-export-menu>
        <fd-pin-button label="Pin page views" .exhibit=${() => rumExhibit(answer)}></fd-pin-button>
      </span>
    </div>`;
  }

  private exported(answer: RumAnswer): ExportSource {
    const chart = this.renderRoot.querySelector<HTMLElement>(".charts");
    return {
      title: "Page views",
      caption: "Page loads, and how soon pages are there",
      table: groupsTable(answer, dimensionOf(this.read("by"))),
      json: answer,
      requests: rumRequests(rumRequestOf(this.read, this.time.window())),
      ...(chart === null ? {} : { chart }),
    };
  }

  private renderSilent({ sinceUs }: RumAnswer): TemplateResult {
    return html`<p>
      No page view was reported in this time with these filters. Reports are kept from ${formatClock(sinceUs)} on.
      <button
        @click=${() => {
          this.url.set(Object.fromEntries(DIMENSIONS.map(([name]) => [name, undefined])));
        }}
      >
        Take the filters off
      </button>
    </p>`;
  }

  private renderVital(info: VitalInfo, { vitals }: RumFigures): TemplateResult {
    const figures = vitals[info.name];
    const band = figures === undefined ? undefined : bandOf(figures.p75, info);
    return html`<section class="vital" aria-label=${vitalSentence(info, figures)}>
      <h2>${info.title} <span class="soft small">${info.help}, p75</span></h2>
      <p class="figure data">${figures === undefined ? "–" : vitalText(figures.p75, info)}</p>
      <p class="band ${band ?? ""}">${band === undefined ? "not measured" : BAND_WORDS[band]}</p>
      ${
        figures === undefined
          ? nothing
          : html`<div class="shares" aria-hidden="true">
                <i class="good" style="width:${String(figures.good * 100)}%"></i
                ><i class="fair" style="width:${String((1 - figures.good - figures.poor) * 100)}%"></i
                ><i class="poor" style="width:${String(figures.poor * 100)}%"></i>
              </div>
              <p class="small soft">
                ${formatShare(figures.good)} good up to ${unbroken(vitalText(info.good, info))} ·
                ${formatShare(figures.poor)} poor above ${unbroken(vitalText(info.poor, info))}
              </p>`
      }
    </section>`;
  }

  private renderCharts(answer: RumAnswer): TemplateResult {
    const { stepUs } = answer;
    // A step that the window or the clock cuts has counted for a part of its time.
    const { fromUs, toUs: untilUs } = this.time.window();
    const steps = answer.steps.filter(
      ({ toUs }) => toUs - stepUs >= fromUs && toUs <= Math.min(untilUs, this.time.nowUs),
    );
    const series = (name: string, of: (figures: RumFigures) => number | undefined): ChartSeries => ({
      name,
      stepUs,
      timesUs: Float64Array.from(steps, ({ toUs }) => toUs),
      values: Float64Array.from(steps, ({ figures }) => of(figures) ?? Number.NaN),
    });
    const loads = [
      series("page views", ({ views }) => views),
      series("failed", ({ failed }) => failed),
      series("left before the answer", ({ abandoned }) => abandoned),
      series("kept waiting", ({ slow }) => slow),
      series("with script errors", ({ scriptErrors }) => scriptErrors),
    ];
    const times = VITALS.filter(({ name }) => name === "lcp" || name === "ttfb").map(({ name, title }) =>
      series(`${title} p75`, ({ vitals }) => (vitals[name] === undefined ? undefined : vitals[name].p75 / 1_000_000)),
    );
    return html`<div class="charts">
      ${this.chart(`Page loads, each ${String(stepUs / 1_000_000)} s`, "", loads)}
      ${this.chart("How soon pages are there", "s", times)}
    </div>`;
  }

  private chart(title: string, unit: string, series: readonly ChartSeries[]): TemplateResult {
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      <fd-time-chart
        caption=${title}
        height="150"
        .unit=${unit}
        .series=${series}
        .markers=${this.marks.markers}
        emptyText="No page views in this time"
      ></fd-time-chart>
    </section>`;
  }

  private renderGroups(answer: RumAnswer): TemplateResult {
    const by = dimensionOf(this.read("by"));
    const title = DIMENSIONS.find(([name]) => name === by)?.[1] ?? "";
    return html`<table>
      <caption class="visually-hidden">
        Page views by ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">${title}</th>
          <th scope="col" class="number">Views</th>
          <th scope="col" class="number" title=${TROUBLE_HELP}>Went wrong</th>
          ${VITALS.map((info) => html`<th scope="col" class="number" title=${info.help}>${info.title} p75</th>`)}
        </tr>
      </thead>
      <tbody>
        ${answer.groups.map(({ name, figures }) => {
          const worst = worstVital(figures);
          return html`<tr>
            <th scope="row">
              <button
                class="link"
                title="Only these"
                @click=${() => {
                  this.url.set({ [by]: this.read(by) === name ? undefined : name });
                }}
              >
                ${name}
              </button>
              ${worst === undefined ? nothing : html`<span class="critical small">${icon("critical", 12)} ${worst.title} poor</span>`}
            </th>
            <td class="number">${formatCount(figures.views)}</td>
            <td class="number">${formatShare(troubleShare(figures) ?? Number.NaN)}</td>
            ${VITALS.map((info) => {
              const value = figures.vitals[info.name];
              const band = value === undefined ? undefined : bandOf(value.p75, info);
              return html`<td class="number">
                ${value === undefined ? "–" : vitalText(value.p75, info)}
                <span class="band small ${band ?? ""}"
                  >${band === undefined || band === "good" ? "" : BAND_WORDS[band]}</span
                >
              </td>`;
            })}
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  private renderSessions({ sessions, sessionsTotal }: RumAnswer): TemplateResult {
    return html`<section aria-label="Sessions in which something went wrong">
      <h2>Sessions in which something went wrong <span class="soft">${sessions.length} of ${sessionsTotal}</span></h2>
      <p class="small soft">${TROUBLE_HELP}</p>
      ${
        sessions.length === 0
          ? html`<p class="soft">None in this time.</p>`
          : html`<table>
              <thead>
                <tr>
                  <th scope="col">Last</th>
                  <th scope="col">Session, user</th>
                  <th scope="col">Page</th>
                  <th scope="col">Where, on what</th>
                  <th scope="col">What happened</th>
                  <th scope="col">Request</th>
                </tr>
              </thead>
              <tbody>
                ${sessions.map((session) => this.sessionRow(session))}
              </tbody>
            </table>`
      }
    </section>`;
  }

  private sessionRow(session: RumSession): TemplateResult {
    const { failed, abandoned, slow, scriptErrors, views } = session;
    const place = { atUs: session.lastUs, traceId: session.traceId };
    const parts = [
      ...(failed > 0 ? [`${String(failed)} failed`] : []),
      ...(abandoned > 0 ? [`${String(abandoned)} left before the answer`] : []),
      ...(slow > 0 ? [`${String(slow)} kept waiting`] : []),
      ...(scriptErrors > 0 ? [`${String(scriptErrors)} with script errors`] : []),
    ];
    return html`<tr>
      <td class="data">${timeValue(session.lastUs, place)}</td>
      <td class="data">
        ${pivotValue("session.id", session.session, place)}
        <span class="soft">${pivotValue("user.id", session.user, place)}</span>
      </td>
      <td>${pivotValue("page", session.page, place)}</td>
      <td>
        ${pivotValue("app.region", session.region, place)}<span class="soft"> on ${session.device}</span
        >${session.version === undefined ? nothing : html`, ${session.version}`}
      </td>
      <td>${parts.join(", ")} <span class="soft">in ${formatCount(views)} page views</span></td>
      <td>${traceValue(session.traceId, place)}</td>
    </tr>`;
  }

  static override styles = [sharedStyles, fillStyles, rumStyles];
}

function rumExhibit(answer: RumAnswer): ExhibitParts {
  const facts = [
    { name: "page views", value: formatCount(answer.total.views) },
    { name: "went wrong", value: formatShare(troubleShare(answer.total) ?? Number.NaN) },
    ...VITALS.map((info) => ({ name: info.title, value: vitalSentence(info, answer.total.vitals[info.name]) })),
  ];
  return { title: "What browsers report", frozen: { kind: "facts", facts } };
}

/** Where the window begins before the reports do: the charts are empty there, and the counts are of the rest. */
const sinceText = ({ sinceUs }: RumAnswer, fromUs: number): string =>
  sinceUs > fromUs ? `, kept from ${formatClock(sinceUs)} UTC on` : "";

/** A figure and its unit stay on one line. */
const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-rum": RumView;
  }
}

/** `<fd-impact-section>`: whom it hurt, minute by minute, in this run and in the worlds beside it. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LoggedAction } from "../../../server/wire/run.js";
import { formatClock, formatNumber, formatRatio } from "../../charts/format.js";
import { impactSeries, impactTotals, impactWindow } from "../../charts/impact-curves.js";
import type { ImpactWorld } from "../../charts/impact-curves.js";
import "../../charts/time-chart.js";
import type { ChartMarker } from "../../charts/time-chart.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { actionTitle, changeTitles } from "../actions/action-text.js";
import type { DebriefAnswer } from "./debrief-answer.js";
import { submittedAtUs } from "./incident-window.js";
import { sectionStyles } from "./section.styles.js";

const IMPACT_COLORS: Readonly<Record<ImpactWorld, string>> = {
  mine: "var(--series-1)",
  untouched: "var(--series-2)",
  par: "var(--series-3)",
  twin: "var(--series-11)",
};

@customElement("fd-impact-section")
export class ImpactSection extends LitElement {
  @property({ attribute: false }) answer!: DebriefAnswer;
  /** What the learner did. */
  @property({ attribute: false }) actions: readonly LoggedAction[] = [];

  override render(): TemplateResult {
    const { debrief, changes } = this.answer;
    const titleOf = changeTitles(changes);
    const { hurt, savedRatio } = impactTotals(debrief.impact);
    const counted = capitalised(debrief.impact.unit);
    const series = impactSeries(debrief.impact).map((one) => ({ ...one, color: IMPACT_COLORS[one.world] }));
    const mine = this.actions.map(({ id, action, atUs }): ChartMarker => ({
      id,
      kind: "action",
      atUs,
      title: actionTitle(action, titleOf),
    }));
    const submittedUs = submittedAtUs(debrief);
    return html`
      ${
        submittedUs === undefined
          ? nothing
          : html`<p class="soft">
              Counted until ${formatClock(impactWindow(debrief.impact).toUs)} UTC: all worlds go on for some minutes
              after your submission at ${formatClock(submittedUs)}, so that what was done has its effect.
              ${debrief.impact.unit.startsWith("hurt") ? "Those whom the healthy twin hurts as well are left out." : nothing}
            </p>`
      }
      <dl>
        <dt>${counted} in your run</dt>
        <dd class="data">${formatNumber(hurt.mine)}</dd>
        <dt>If nobody had acted</dt>
        <dd class="data">${formatNumber(hurt.untouched)}</dd>
        <dt>Reference responder</dt>
        <dd class="data">${formatNumber(hurt.par)}</dd>
        <dt>Of what could be saved, you saved</dt>
        <dd class="data">${savedRatio === undefined ? "nothing could be saved" : formatRatio(savedRatio)}</dd>
      </dl>
      <fd-time-chart
        .series=${series}
        .unit=${"/min"}
        .window=${impactWindow(debrief.impact)}
        .markers=${[...mine, ...submissionMarker(submittedUs)]}
        .height=${200}
        .caption=${`${counted} per minute: your run, the same world untouched, the reference responder's and the healthy twin`}
      ></fd-time-chart>
      ${
        debrief.referenceActions.length === 0
          ? nothing
          : html`<h3>What the reference responder did</h3>
              <ul>
                ${debrief.referenceActions.map(({ atUs, action }) => html`<li><span class="data">${formatClock(atUs)}</span> ${actionTitle(action, titleOf)}</li>`)}
              </ul>`
      }
    `;
  }

  static override styles = [
    sharedStyles,
    sectionStyles,
    factListStyles,
    css`
      dl {
        grid-template-columns: max-content max-content;
      }
      dd {
        text-align: end;
      }
    `,
  ];
}

/** Where the run ends in a chart that goes on beyond it. */
function submissionMarker(atUs: number | undefined): readonly ChartMarker[] {
  const title = "Your submission; from here on as the world would have gone on";
  return atUs === undefined ? [] : [{ id: "submission", kind: "submission", atUs, title }];
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

declare global {
  interface HTMLElementTagNameMap {
    "fd-impact-section": ImpactSection;
  }
}

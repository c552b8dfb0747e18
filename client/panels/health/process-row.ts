/** The cells of one process: strip of its answers, usage of its limits. Templates for the table of the health view. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDurationUs,
  formatNumber,
  formatRatio,
} from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { pivotValue } from "../../elements/pivot-value.js";
import { complaintsOf, stripText, usageVerdict, verdictOf } from "./health-model.js";
import type { ChecksSeen, ProcessHealth, StripPart, Usage } from "./health-model.js";

const STATE_WORDS: Readonly<Record<ProcessHealth["state"], string>> = {
  up: "up",
  starting: "starting",
  stopped: "stopping",
};

export function processRow(process: ProcessHealth, strip: readonly StripPart[], nowUs: number): TemplateResult {
  const { service, name, version, state, node, zone, startedUs, restarts, ready } = process;
  const verdict = verdictOf(process);
  const complaints = complaintsOf(process);
  return html`<tr>
    <th scope="row" class="data">
      <span class=${verdict === "ok" ? "soft" : verdict}>${icon(verdict === "ok" ? "ok" : verdict, 14)}</span>
      ${pivotValue("instance", name, { service }, html`<bdi class="name" title=${name}>${name}</bdi>`)}
    </th>
    <td>
      ${STATE_WORDS[state]}${complaints.length === 0 ? nothing : html`<div class="small ${verdict}">${complaints.map(({ text }) => text).join(", ")}</div>`}
    </td>
    <td class="data">${pivotValue("version", version, { service })}</td>
    <td>
      ${
        node === undefined
          ? zone === undefined
            ? html`<span class="soft">–</span>`
            : nothing
          : pivotValue("node", node, { service })
      }
      ${zone === undefined ? nothing : html`<span class="soft small">${pivotValue("zone", zone, { service })}</span>`}
    </td>
    <td class="number">${startedUs === undefined ? "–" : formatDurationUs(Math.max(0, nowUs - startedUs))}</td>
    <td class="number">${restarts === undefined ? html`<span class="soft">–</span>` : formatCount(restarts)}</td>
    <td>
      ${ready === undefined ? html`<span class="soft">no check</span>` : ready ? "ready" : html`<span class="critical">not ready</span>`}
    </td>
    <td class="small">${checksText("live", process.liveness)} ${checksText("ready", process.readiness)}</td>
    <td>${stripCell(strip)}</td>
    <td>${usageCell(process.cpu, (value) => formatNumber(value, 2), "cores")}</td>
    <td>${usageCell(process.memory, formatBytes, "")}</td>
    <td>${usageCell(process.descriptors, formatCount, "")}</td>
    <td>${usageCell(process.disk, formatBytes, "")}</td>
  </tr>`;
}

function checksText(name: string, seen: ChecksSeen | undefined): TemplateResult | typeof nothing {
  if (seen === undefined) return nothing;
  const failed = Math.round(seen.failed);
  return html`<div class=${failed > 0 ? "warning" : "soft"}>
    ${name}: ${failed > 0 ? html`${failed} of ${Math.round(seen.all)} failed` : "all well"}
  </div>`;
}

/** Well is a low line, failed a full bar with a cross, a gap is empty: told apart without colour. */
function stripCell(parts: readonly StripPart[]): TemplateResult {
  const text = stripText(parts, formatClock);
  return html`<span class="strip" role="img" aria-label=${text} title=${text}
    >${parts
      .filter(({ state }) => state !== "gap")
      .map(
        ({ state, left, width }) =>
          html`<i class=${state} style="left:${String(left * 100)}%;width:${String(width * 100)}%"></i>`,
      )}</span
  >`;
}

function usageCell(usage: Usage | undefined, format: (value: number) => string, unit: string): TemplateResult {
  if (usage === undefined) return html`<span class="soft">–</span>`;
  const verdict = usageVerdict(usage);
  const share = usage.limit <= 0 ? 0 : Math.min(1, usage.used / usage.limit);
  return html`<span class="usage" title="${format(usage.used)} of ${format(usage.limit)} ${unit}"
    ><span class="data ${verdict === "ok" ? "" : verdict}">${formatRatio(share)}</span>
    <span class="soft small">of ${format(usage.limit)}</span
    ><i class=${verdict} style="width:${String(share * 100)}%"></i
  ></span>`;
}

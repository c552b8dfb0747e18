/** The labels of an alert or a group, each with its menu of values. */
import { css, html } from "lit";
import type { TemplateResult } from "lit";
import "../../elements/pivot-menu.js";

type Labels = Readonly<Record<string, string>>;

interface LabelsPlace {
  readonly atUs: number;
  readonly service?: string | undefined;
}

export const labelTags = (labels: Labels, { atUs, service }: LabelsPlace): TemplateResult =>
  html`<span class="labels">
    ${Object.entries(labels).map(
      ([field, value]) =>
        html`<span class="tag data"
          >${`${field}=`}<fd-pivot-menu
            .subject=${{ field, value, atUs, ...(service === undefined ? {} : { service }) }}
          ></fd-pivot-menu
        ></span>`,
    )}
  </span>`;

export const labelStyles = css`
  .labels {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
    min-width: 0;
  }
  .labels > * {
    min-width: 0;
    white-space: normal;
    overflow-wrap: anywhere;
  }
`;

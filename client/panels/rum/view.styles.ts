/** Styles of the view of page views. */
import { css } from "lit";

export const rumStyles = css`
  .take {
    flex-wrap: nowrap;
    margin-inline-start: auto;
  }
  .group {
    display: inline-flex;
    gap: 2px;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    display: flex;
    flex-direction: column;
    gap: var(--space-4);
  }
  .vitals {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    border-block: 1px solid var(--line);
  }
  .vital {
    padding: var(--space-2) var(--space-3);
  }
  .vital + .vital {
    border-inline-start: 1px solid var(--line);
  }
  .figure {
    font-size: var(--text-l);
  }
  .band {
    color: var(--severity-ok);
  }
  .band.fair {
    color: var(--severity-warning);
  }
  .band.poor {
    color: var(--severity-critical);
  }
  .shares {
    display: flex;
    height: 6px;
    gap: 1px;
    margin-block: var(--space-1);
  }
  .shares .good {
    background: var(--severity-ok);
  }
  .shares .fair {
    background: repeating-linear-gradient(90deg, var(--severity-warning) 0 3px, transparent 3px 5px);
  }
  .shares .poor {
    background: repeating-linear-gradient(45deg, var(--severity-critical) 0 3px, transparent 3px 4px);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(320px, 1fr));
    gap: var(--space-4);
  }
  .charts section {
    min-width: 0;
  }
  td .band {
    display: block;
  }
  tbody th {
    color: var(--ink);
  }
`;

/** Styles of the tables over sets of traces. */
import { css } from "lit";

export const setStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 200px;
  }
  .scroll {
    flex: 1;
    min-height: 0;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--surface-0);
    z-index: 1;
  }
  tbody tr:hover {
    background: var(--surface-2);
  }
  td {
    vertical-align: middle;
  }
  .share {
    position: relative;
    min-width: 150px;
  }
  .share i {
    position: absolute;
    inset-block: 4px;
    left: 0;
    min-width: 1px;
    background: var(--accent-soft);
    border-inline-end: 2px solid var(--accent);
  }
  .share span {
    position: relative;
  }
  .difference {
    position: relative;
    min-width: 160px;
  }
  .difference i {
    position: absolute;
    inset-block: 4px;
    background: var(--accent-soft);
    border: 0 solid var(--accent);
  }
  .difference i.more {
    left: 50%;
    border-inline-end-width: 2px;
  }
  .difference i.less {
    right: 50%;
    border-inline-start-width: 2px;
  }
  .difference span {
    position: relative;
  }
`;

/** Styles of the tables over sets of traces. */
import { css } from "lit";

export const setStyles = css`
  td {
    vertical-align: middle;
  }
  /* The figure stands beside its bar: an end of a bar through a figure reads as another figure. */
  .share {
    --figure: 72px;
    position: relative;
    min-width: 190px;
  }
  .share i {
    position: absolute;
    inset-block: 4px;
    left: var(--figure);
    width: calc((100% - var(--figure)) * var(--share));
    min-width: 1px;
    background: var(--accent-soft);
    border-inline-end: 2px solid var(--accent);
  }
  .difference {
    --figure: 88px;
    --half: calc((100% - var(--figure)) / 2);
    position: relative;
    min-width: 230px;
  }
  .difference i {
    position: absolute;
    inset-block: 4px;
    width: calc(var(--half) * var(--share));
    background: var(--accent-soft);
    border: 0 solid var(--accent);
  }
  .difference i.more {
    left: calc(var(--figure) + var(--half));
    border-inline-end-width: 2px;
  }
  .difference i.less {
    right: var(--half);
    border-inline-start-width: 2px;
  }
`;

/** Styles of the trace view. */
import { css } from "lit";

export const traceViewStyles = css`
  fd-trace-compare {
    flex: 1;
  }
  .panes {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(300px, 34%);
    border-block-start: 1px solid var(--line);
    min-height: 320px;
  }
  aside {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    border-inline-start: 1px solid var(--line);
  }
  @media (max-width: 900px) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(320px, 1fr) auto;
    }
    aside {
      border: 0;
    }
  }
`;

/** Styles of the logs view; the search bar has its own. */
import { css } from "lit";

export const logsStyles = css`
  .failed fd-error-notice {
    flex: 1;
  }
  :host {
    container-type: inline-size;
  }
  .panes {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(180px, 240px) minmax(0, 1fr);
    gap: var(--space-3);
    min-height: 320px;
  }
  fd-field-sidebar {
    overflow: auto;
    border-inline-end: 1px solid var(--line);
  }
  section {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  fd-log-list {
    flex: 1;
  }
  section {
    min-height: 0;
  }
  fd-log-query,
  fd-log-histogram,
  fd-field-series {
    flex: none;
  }
  /* Half a window: lines are what one came for; a search narrows without the fields. */
  @media (min-width: 761px) {
    @container (max-width: 640px) {
      .panes {
        grid-template-columns: minmax(0, 1fr);
      }
      fd-field-sidebar {
        display: none;
      }
    }
  }
  @media (max-width: 760px) {
    :host,
    .view {
      height: auto;
    }
    .panes {
      flex: none;
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: 72vh auto;
    }
    section {
      order: -1;
    }
    fd-field-sidebar {
      border: 0;
    }
  }
`;

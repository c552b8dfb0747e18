/** Styles of the profiles view. */
import { css } from "lit";

export const profilesStyles = css`
  :host {
    container-type: inline-size;
  }
  .panes {
    flex: 1;
    min-height: 320px;
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(320px, clamp(44%, 520px, 60%));
    gap: var(--space-3);
    border-block-start: 1px solid var(--line);
    padding-block-start: var(--space-2);
  }
  .panes.single {
    grid-template-columns: minmax(0, 1fr);
  }
  .table {
    position: relative;
    overflow: auto;
    min-height: 0;
  }
  .more {
    color: var(--severity-critical);
  }
  .less {
    color: var(--accent);
  }
  @container (max-width: 900px) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(280px, 1fr) auto;
    }
  }
`;

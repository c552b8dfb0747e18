import { css } from "lit";

/** The grid of the workspace: bar, rail, the view or two of them, the notebook's dock, the ribbon. */
export const workspaceStyles = css`
  :host {
    display: grid;
    grid-template: auto auto auto minmax(0, 1fr) auto / auto minmax(0, 1fr) auto;
    grid-template-areas: "bar bar bar" "banner banner banner" "guide guide guide" "rail stage dock" "rail ribbon dock";
    height: 100%;
  }
  fd-session-bar {
    grid-area: bar;
  }
  fd-run-banner {
    grid-area: banner;
  }
  fd-insight {
    grid-area: guide;
    min-width: 0;
  }
  fd-rail {
    grid-area: rail;
  }
  .stage {
    grid-area: stage;
    display: flex;
    min-width: 0;
    min-height: 0;
  }
  main {
    flex: 1 1 0;
    overflow: auto;
    min-width: 0;
    position: relative;
  }
  main:focus-visible,
  fd-side-pane:focus-visible {
    outline-offset: -2px;
  }
  fd-side-pane {
    flex: 1 1 0;
  }
  .split main,
  .split fd-side-pane {
    border-block-start: 2px solid transparent;
  }
  .split.left main,
  .split.right fd-side-pane {
    border-block-start-color: var(--accent);
  }
  .dock {
    grid-area: dock;
    display: flex;
    min-height: 0;
  }
  .dock[hidden] {
    display: none;
  }
  .dock .pane {
    flex: 1;
    overflow: auto;
    min-width: 0;
    background: var(--surface-1);
  }
  fd-change-ribbon {
    grid-area: ribbon;
    min-width: 0;
  }
  .notice {
    position: fixed;
    inset-block-end: 56px;
    inset-inline-start: 50%;
    transform: translateX(-50%);
    z-index: 5;
    padding: var(--space-2) var(--space-4);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface-1);
  }
  .notice:empty {
    display: none;
  }
  .alone {
    grid-area: 1 / 1 / -1 / -1;
    place-self: center;
    max-width: min(560px, 100%);
    padding: var(--space-4);
    overflow-wrap: anywhere;
  }
  .alone p {
    margin-block-start: var(--space-3);
  }
  .skips {
    display: contents;
  }
  .skip {
    position: absolute;
    inset-block-start: -100px;
    inset-inline-start: var(--space-2);
    background: var(--surface-1);
    padding: var(--space-2);
    z-index: 10;
  }
  .skip:focus {
    inset-block-start: var(--space-1);
  }
  @media (max-width: 900px) {
    :host {
      height: auto;
      min-height: 100%;
      grid-template: auto auto auto 1fr auto auto / auto minmax(0, 1fr);
      grid-template-areas: "bar bar" "banner banner" "guide guide" "rail stage" "rail ribbon" "rail dock";
    }
    .stage {
      flex-direction: column;
    }
    .stage main,
    .stage fd-side-pane {
      flex: none !important;
    }
    .split fd-side-pane {
      border-block-start: 2px solid var(--line-strong);
    }
    .dock {
      width: auto !important;
      border-block-start: 1px solid var(--line);
    }
  }
  @media (max-width: 560px) {
    :host {
      grid-template: auto auto auto auto 1fr auto auto / minmax(0, 1fr);
      grid-template-areas: "bar" "banner" "guide" "rail" "stage" "ribbon" "dock";
    }
  }
`;

/** Which dashboards there are, which one is shown, and which of its panels can show anything. Pure. */
import type { DashboardFile } from "../../../server/wire/dashboard.js";
import { readDashboard } from "./model.js";
import type { DashboardModel, DashboardPanelModel, DashboardRow } from "./model.js";
import { metricsIn } from "./variables.js";

export interface Board {
  readonly model: DashboardModel;
  readonly json: string;
  /** Brought along by the learner. */
  readonly own: boolean;
}

/** Those of the system, then those of the learner; of one uid the learner's stands for both. */
export function boardsOf(files: readonly Pick<DashboardFile, "json">[], own: readonly string[]): readonly Board[] {
  const all = [...files.map(({ json }) => ({ json, own: false })), ...own.map((json) => ({ json, own: true }))];
  const boards = all.flatMap((entry): readonly Board[] => {
    const { model } = readDashboard(entry.json);
    return model === undefined ? [] : [{ ...entry, model }];
  });
  return boards.filter(({ model }, index) => boards.findLastIndex((other) => other.model.uid === model.uid) === index);
}

/** The variable that a component of the system chooses. */
export const hasComponent = ({ model }: Board): boolean => model.variables.some(({ name }) => name === "job");

/** The one that is asked for, else the first for a component of `kind`, else the first overview. */
export function chosenBoard(
  boards: readonly Board[],
  uid: string | undefined,
  kind: string | undefined,
): Board | undefined {
  const named = boards.find(({ model }) => model.uid === uid || model.uid === `firedrill-${uid ?? ""}`);
  if (named !== undefined) return named;
  const fitting = boards.filter(
    (board) => board.model.tags.includes(kind ?? "overview") && hasComponent(board) === (kind !== undefined),
  );
  return fitting[0] ?? (kind === undefined ? boards[0] : undefined);
}

/** Panels without a query, and those that read a metric which the component has; all while that is not known. */
export function panelsFor(
  panels: readonly DashboardPanelModel[],
  metrics: ReadonlySet<string> | undefined,
): readonly DashboardPanelModel[] {
  if (metrics === undefined || metrics.size === 0) return panels;
  return panels.filter(({ targets }) => {
    const read = targets.filter(({ language }) => language === "promql").flatMap(({ query }) => metricsIn(query));
    return read.length === 0 || read.some((name) => metrics.has(name));
  });
}

/** Rows with what is left of them; those without anything are gone. */
export const rowsFor = (
  rows: readonly DashboardRow[],
  metrics: ReadonlySet<string> | undefined,
): readonly DashboardRow[] =>
  rows
    .map((row) => ({ ...row, panels: panelsFor(row.panels, metrics) }))
    .filter(({ panels, title }) => panels.length > 0 || (title !== "" && metrics === undefined));

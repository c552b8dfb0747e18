/**
 * Makes a list of rows with controls one stop of Tab: up and down go from row to row, left and right from control to
 * control, and Tab leads on past the list. Rows may come and go as the list is scrolled; they carry `data-index`.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { rovingTarget } from "../elements/roving-keys.js";

/** A control whose button lies in its own shadow root takes its place in the order of Tab by this property. */
interface TabStop {
  tabStop: boolean;
}

interface RowList {
  /** What holds the rows; null before it is drawn. */
  rows(): HTMLElement | null;
  /** How many rows there are, drawn or not. */
  count(): number;
  /** Brings the row into view, so that it is drawn after the next update. */
  reveal(index: number): void;
  /** Controls of a row, in their order. */
  readonly controls: string;
  /** The one that a row begins with. */
  readonly first: string;
}

export class RowFocusController implements ReactiveController {
  private index = 0;
  /** Place among the controls of a row; undefined: the one that a row begins with. */
  private place: number | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly list: RowList,
  ) {
    host.addController(this);
  }

  /** One control of one row is reached by Tab: of the row where the focus was, else of the first that is drawn. */
  hostUpdated(): void {
    const rows = this.drawn();
    const row = rows.find((one) => indexOf(one) === this.index) ?? rows[0];
    const stop = row === undefined ? undefined : this.controlOf(row);
    for (const one of rows) for (const control of this.controlsOf(one)) setTabStop(control, control === stop);
  }

  readonly focused = (event: FocusEvent): void => {
    const { controls } = this.list;
    // The button of a value lies in a shadow root of its own: its host is the control.
    const target = event
      .composedPath()
      .find((one) => one instanceof HTMLElement && one.matches(controls) && one.closest("[data-index]") !== null);
    const row = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-index]") : null;
    if (row === null || !(target instanceof HTMLElement)) return;
    this.index = indexOf(row);
    this.place = this.controlsOf(row).indexOf(target);
    this.hostUpdated();
  };

  readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isInMenu(event)) return;
    const target = rovingTarget(event.key, this.index, { count: this.list.count(), columns: 1 });
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (target === undefined && side === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (target !== undefined) void this.goTo(target);
    else if (side !== undefined) this.goAside(side);
  };

  private async goTo(index: number): Promise<void> {
    this.index = index;
    this.list.reveal(index);
    this.host.requestUpdate();
    await this.host.updateComplete;
    const row = this.drawn().find((one) => indexOf(one) === index);
    if (row !== undefined) this.controlOf(row)?.focus({ preventScroll: true });
  }

  private goAside(step: number): void {
    const row = this.drawn().find((one) => indexOf(one) === this.index);
    if (row === undefined) return;
    const controls = this.controlsOf(row);
    const now = this.controlOf(row);
    const next = controls[(now === undefined ? 0 : controls.indexOf(now)) + step];
    next?.focus();
  }

  private controlOf(row: HTMLElement): HTMLElement | undefined {
    const controls = this.controlsOf(row);
    return (
      (this.place === undefined ? undefined : controls[this.place]) ??
      controls.find((control) => control.matches(this.list.first))
    );
  }

  private controlsOf(row: HTMLElement): readonly HTMLElement[] {
    return [...row.querySelectorAll<HTMLElement>(this.list.controls)];
  }

  private drawn(): readonly HTMLElement[] {
    return [...(this.list.rows()?.querySelectorAll<HTMLElement>("[data-index]") ?? [])];
  }
}

/** An open menu of a value has keys of its own. */
const isInMenu = (event: KeyboardEvent): boolean =>
  event.composedPath().some((one) => one instanceof Element && one.role === "menu");

const indexOf = ({ dataset: { index } }: HTMLElement): number => Number(index);

function setTabStop(control: HTMLElement & Partial<TabStop>, isStop: boolean): void {
  if (control.tabStop === undefined) control.tabIndex = isStop ? 0 : -1;
  else control.tabStop = isStop;
}

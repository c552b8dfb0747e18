/**
 * The menu of marks that are drawn: bars, frames, nodes and cells are no buttons, yet lead on like any other value. A
 * click with the other button, a long press, Shift+F10 or `m` opens it for the mark under the pointer or the one that has
 * the focus; `b` compares that one. The menu is made when it is first wanted, in the host's own root, so that the host's
 * contexts are its own and what it dispatches goes up from there.
 */
import type { LitElement, ReactiveController } from "lit";
import { PivotMenu } from "../elements/pivot-menu.js";
import type { PivotSubject } from "../elements/pivots.js";

interface PivotMarks {
  /** The mark under the pointer; undefined where none is. */
  readonly at: (event: MouseEvent) => PivotSubject | undefined;
  /** The mark that the keyboard stands on, and where it is drawn. */
  readonly focused: () => { readonly subject: PivotSubject; readonly anchor: DOMRectReadOnly } | undefined;
  /** Whether `include` and `exclude` of the menu are listened to. */
  readonly filterable?: boolean;
}

/** Marks that are elements of their own: those of `selector` in the host, by pointer and by focus. */
export function elementMarks(
  host: LitElement,
  selector: string,
  subjectOf: (element: HTMLElement | SVGElement) => PivotSubject | undefined,
): PivotMarks {
  const marked = (target: EventTarget | null | undefined): HTMLElement | SVGElement | undefined => {
    const found = target instanceof Element ? target.closest(selector) : null;
    return found instanceof HTMLElement || found instanceof SVGElement ? found : undefined;
  };
  return {
    at: (event) => {
      const element = marked(event.composedPath()[0]);
      return element === undefined ? undefined : subjectOf(element);
    },
    focused: () => {
      const element = marked(host.shadowRoot?.activeElement);
      const subject = element === undefined ? undefined : subjectOf(element);
      return element === undefined || subject === undefined
        ? undefined
        : { subject, anchor: element.getBoundingClientRect() };
    },
  };
}

const KEY_EVENTS: ReadonlySet<string> = new Set(["value.menu", "value.compare", "value.include", "value.exclude"]);

export class PivotController implements ReactiveController {
  private menu: PivotMenu | undefined;

  constructor(
    private readonly host: LitElement,
    private readonly marks: PivotMarks,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("contextmenu", this.pointed);
    this.host.addEventListener("fd-command", this.commanded);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("contextmenu", this.pointed);
    this.host.removeEventListener("fd-command", this.commanded);
    this.menu?.remove();
    this.menu = undefined;
  }

  private readonly pointed = (event: MouseEvent): void => {
    // A value in the host has a menu of its own; the browser's comes with Ctrl.
    if (event.ctrlKey || event.composedPath().some((target) => target instanceof PivotMenu)) return;
    // The key for menus tells of no place, or of one in the middle of what has the focus.
    const byKey = event.button !== 2 && event.detail === 0;
    const focused = byKey ? this.marks.focused() : undefined;
    const subject = focused?.subject ?? this.marks.at(event);
    if (subject === undefined) return;
    event.preventDefault();
    this.open(subject, focused?.anchor ?? new DOMRect(event.clientX, event.clientY, 0, 0));
  };

  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    if (!KEY_EVENTS.has(id) || event.composedPath().some((target) => target instanceof PivotMenu)) return;
    const focused = this.marks.focused();
    if (focused === undefined) return;
    event.stopPropagation();
    if (id === "value.menu") this.open(focused.subject, focused.anchor);
    else this.act(id, focused.subject);
  };

  /** The menu knows what each key does with a value. */
  private act(id: string, subject: PivotSubject): void {
    const menu = this.menuOf();
    menu.subject = subject;
    menu.dispatchEvent(new CustomEvent("fd-command", { detail: { id }, bubbles: false }));
  }

  private open(subject: PivotSubject, anchor: DOMRectReadOnly): void {
    const active = this.host.shadowRoot?.activeElement;
    const isTarget = active instanceof HTMLElement || active instanceof SVGElement;
    this.menuOf().openAt(subject, anchor, isTarget ? active : undefined);
  }

  /** An update of the host may have thrown it out with what it drew before. */
  private menuOf(): PivotMenu {
    this.menu ??= Object.assign(new PivotMenu(), { detached: true, filterable: this.marks.filterable ?? false });
    if (this.menu.parentNode !== this.host.renderRoot) this.host.renderRoot.append(this.menu);
    return this.menu;
  }
}

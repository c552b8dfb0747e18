/** Draws its host again when one of the page's models says that it changed. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export interface Watched {
  /** Asked when the host is connected; undefined where the context has not come yet. */
  readonly target: () => EventTarget | undefined;
  readonly events: readonly string[];
}

/** `new StoreController(this, { target: () => this.run.store, events: ["changed"] })`. */
export class StoreController implements ReactiveController {
  private bound: { readonly target: EventTarget; readonly events: readonly string[] }[] = [];

  private readonly watched: readonly Watched[];
  /** An update that was due when the host went away still comes: it must not bind again. */
  private connected = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    ...watched: readonly Watched[]
  ) {
    this.watched = watched;
    host.addController(this);
  }

  hostConnected(): void {
    this.connected = true;
    this.bind();
  }

  /** A context may bring another model after the host was connected. */
  hostUpdate(): void {
    if (!this.connected) return;
    const targets = this.watched.flatMap(({ target }) => target() ?? []);
    const same =
      targets.length === this.bound.length && targets.every((target, index) => this.bound[index]?.target === target);
    if (!same) this.bind();
  }

  hostDisconnected(): void {
    this.connected = false;
    this.release();
  }

  private release(): void {
    for (const { target, events } of this.bound)
      for (const name of events) target.removeEventListener(name, this.update);
    this.bound = [];
  }

  private bind(): void {
    this.release();
    for (const { target: targetOf, events } of this.watched) {
      const target = targetOf();
      if (target === undefined) continue;
      for (const name of events) target.addEventListener(name, this.update);
      this.bound.push({ target, events });
    }
  }

  private readonly update = (): void => {
    this.host.requestUpdate();
  };
}

/** Draws its host again when one of the page's models says that it changed. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { pageInput } from "../state/input-frame.js";

export interface Watched {
  /** Asked when the host is connected; undefined where the context has not come yet. */
  readonly target: () => EventTarget | undefined;
  readonly events: readonly string[];
  /** What changes is not seen at once (the addresses of links): it follows the frame that answers an input. */
  readonly unseen?: boolean;
}

/** `new StoreController(this, { target: () => this.run.store, events: ["changed"] })`. */
export class StoreController implements ReactiveController {
  private bound: { readonly target: EventTarget; readonly events: readonly string[]; readonly update: () => void }[] =
    [];

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
    for (const { target, events, update } of this.bound)
      for (const name of events) target.removeEventListener(name, update);
    this.bound = [];
  }

  private bind(): void {
    this.release();
    for (const { target: targetOf, events, unseen } of this.watched) {
      const target = targetOf();
      if (target === undefined) continue;
      const update = unseen === true ? this.updateUnseen : this.update;
      for (const name of events) target.addEventListener(name, update);
      this.bound.push({ target, events, update });
    }
  }

  private readonly update = (): void => {
    this.host.requestUpdate();
  };

  private readonly updateUnseen = (): void => {
    if (pageInput.drawn === undefined) this.update();
    else void pageInput.drawn.then(this.update);
  };
}

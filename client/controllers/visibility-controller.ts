/** Whether its host is in or near the visible part of the page: panels far below need not ask yet. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const MARGIN = "200px";

export class VisibilityController implements ReactiveController {
  visible = false;
  private observer: IntersectionObserver | undefined;

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new IntersectionObserver(
      (entries) => {
        const visible = entries.at(-1)?.isIntersecting ?? false;
        if (visible === this.visible) return;
        this.visible = visible;
        this.host.requestUpdate();
      },
      { rootMargin: MARGIN },
    );
    this.observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.visible = false;
  }
}

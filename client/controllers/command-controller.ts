/** Does what a view's own commands say: `new CommandController(this, { "map.worse": () => … })` (panels/view-commands.ts). */
import type { ReactiveController, ReactiveControllerHost } from "lit";

type CommandActs = Readonly<Record<string, () => void>>;

export class CommandController implements ReactiveController {
  constructor(
    private readonly host: ReactiveControllerHost & EventTarget,
    private readonly acts: CommandActs,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("fd-command", this.commanded);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("fd-command", this.commanded);
  }

  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    if (!Object.hasOwn(this.acts, id)) return;
    event.stopPropagation();
    this.acts[id]?.();
  };
}

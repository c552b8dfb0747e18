/** Icon of each kind of change, so that a row tells it without reading. */
import type { ChangeKind } from "./change-list.js";

export const KIND_ICONS: Readonly<Record<ChangeKind, string>> = {
  deploy: "service",
  flag: "flag",
  setting: "density",
  scaling: "include",
  restart: "undo",
};

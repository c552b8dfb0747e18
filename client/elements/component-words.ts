/** How the kinds of parts of a system are called, wherever one is named: map, palette, diagnosis. Pure. */
import type { ComponentKind } from "../../server/wire/telemetry.js";

export const KIND_WORDS: Readonly<Record<ComponentKind, string>> = {
  service: "service",
  store: "database",
  cache: "cache",
  queue: "queue",
  external: "external",
  plant: "monitoring",
};

/** The kind only where the title does not say it. */
export const titleWithKind = ({ title, kind }: { readonly title: string; readonly kind: ComponentKind }): string =>
  title.toLowerCase().includes(KIND_WORDS[kind]) ? title : `${title}, ${KIND_WORDS[kind]}`;

/** Effects on links, names and certificates. Several faults of one link add up. */
import type { NetworkEffect } from "../../topology/network-effects.js";
import { LINK_DROPS, LINK_REFUSES, MAINLAND } from "../links.js";
import type { Parts } from "../parts.js";
import { zoneOf } from "../zones.js";
import type { EffectHandlersOf } from "./effect-handler.js";

/** The island of everything that a lost zone cuts off; zones that are lost together do not reach each other either. */
const FIRST_ISLAND = 1;

/** From this strength on something is cut; below, it is whole. */
const HALF = 0.5;

export const NETWORK_EFFECTS: EffectHandlersOf<NetworkEffect["kind"]> = {
  "link-latency": {
    // One reset and one commit serve all kinds of this table: they share their arrays.
    reset: ({ walk }) => {
      walk.network.links.reset();
      walk.network.setup.reset();
    },
    apply: (parts, { component, peer, addedUs, jitterUs }, { strength }) => {
      const { links } = parts.walk.network;
      for (const link of links.between(component, peer)) {
        links.addedUs[link] += addedUs * strength;
        links.jitterUs[link] += jitterUs * strength;
      }
    },
    commit: ({ walk }) => {
      walk.network.links.refresh();
      walk.network.setup.refresh();
    },
  },
  "link-loss": {
    apply: (parts, { component, peer, ratio }, { strength }) => {
      const { links } = parts.walk.network;
      for (const link of links.between(component, peer))
        links.lossRatio[link] = 1 - (1 - links.lossRatio[link]) * (1 - ratio * strength);
    },
  },
  "link-bandwidth": {
    apply: (parts, { component, peer, bytesPerSecond }, { strength }) => {
      if (strength === 0) return;
      const { links } = parts.walk.network;
      for (const link of links.between(component, peer)) links.bytesPerSecond[link] = bytesPerSecond / strength;
    },
  },
  "link-cut": {
    apply: (parts, { component, peer, mode }, { strength }) => {
      if (strength < HALF) return;
      const { links } = parts.walk.network;
      for (const link of links.between(component, peer)) links.cut[link] = mode === "drop" ? LINK_DROPS : LINK_REFUSES;
    },
  },
  "link-reset": {
    apply: (parts, { component, peer, ratio }, { strength }) => {
      const { links } = parts.walk.network;
      for (const link of links.between(component, peer))
        links.resetRatio[link] = 1 - (1 - links.resetRatio[link]) * (1 - ratio * strength);
    },
  },
  "zone-cut": {
    apply: (parts, { zone }, { strength }) => {
      if (strength < HALF) return;
      const { island } = parts.walk.network.links;
      const next = Math.max(MAINLAND, ...island) + FIRST_ISLAND;
      for (const { index } of parts.model.instances) if (zoneOf(parts.model, index) === zone) island[index] = next;
    },
  },
  "name-failure": {
    apply: (parts: Parts, { component, ratio, mode }, { strength }) => {
      const { setup } = parts.walk.network;
      for (const link of setup.linksTo(component)) {
        setup.nameFailureRatio[link] = Math.max(setup.nameFailureRatio[link], ratio * strength);
        setup.nameSilent[link] = mode === "silence" ? 1 : 0;
      }
    },
  },
  "certificate-expired": {
    apply: (parts, { component }, { strength }) => {
      if (strength < HALF) return;
      const { setup } = parts.walk.network;
      for (const link of setup.linksTo(component)) setup.certificateExpired[link] = 1;
    },
  },
};

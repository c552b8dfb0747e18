/** Effects of faults on the network. `peer` narrows the links of a component to those with one other; undefined is all. */
export type NetworkEffect =
  /** One way takes this much longer, spread by ±jitter. */
  | {
      readonly kind: "link-latency";
      readonly component: string;
      readonly peer: string | undefined;
      readonly addedUs: number;
      readonly jitterUs: number;
    }
  /** Share of packets that are lost and sent again. */
  | {
      readonly kind: "link-loss";
      readonly component: string;
      readonly peer: string | undefined;
      readonly ratio: number;
    }
  | {
      readonly kind: "link-bandwidth";
      readonly component: string;
      readonly peer: string | undefined;
      readonly bytesPerSecond: number;
    }
  /** Nothing comes through: packets vanish, or connections are refused at once. */
  | {
      readonly kind: "link-cut";
      readonly component: string;
      readonly peer: string | undefined;
      readonly mode: "drop" | "refuse";
    }
  /** Share of connections that break while an answer is on its way. */
  | {
      readonly kind: "link-reset";
      readonly component: string;
      readonly peer: string | undefined;
      readonly ratio: number;
    }
  /** Instances of a zone reach each other and nothing else. */
  | { readonly kind: "zone-cut"; readonly zone: string }
  /** Share of look-ups of the component's name that fail, at once or by never being answered. */
  | {
      readonly kind: "name-failure";
      readonly component: string;
      readonly ratio: number;
      readonly mode: "error" | "silence";
    }
  /** The certificate of the component is past its end: whoever opens a connection to it gives up. */
  | { readonly kind: "certificate-expired"; readonly component: string };

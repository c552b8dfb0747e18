/** Grafana's names of units as `formatUnit` takes them. Source: grafana/packages/grafana-data/src/valueFormats/categories.ts. */

const UNITS: Readonly<Record<string, string>> = {
  none: "",
  short: "",
  string: "",
  percent: "%",
  percentunit: "ratio",
  s: "s",
  ms: "ms",
  µs: "us",
  dtdurations: "s",
  clocks: "s",
  bytes: "By",
  decbytes: "By",
  kbytes: "KiB",
  binBps: "By/s",
  Bps: "By/s",
  reqps: "/s",
  rps: "/s",
  ops: "/s",
  wps: "/s",
  cps: "/s",
  mps: "/s",
  opm: "/min",
  rpm: "/min",
  cpm: "/min",
};

/** A unit that is not known stands behind the figure as it is called. */
export const unitOf = (grafana: string): string => UNITS[grafana] ?? grafana.replace(/^(?:suffix|si|currency):/, "");

/** The chain for `npm run bench`: chain.ts as it is, bundled over the server's sources, and its figures as rows. */
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";

/** Rows a second of the engine against those of the reference: asked for at least, and wished for. */
const RATIO_FLOOR = 0.25;

export async function benchChain(size) {
  const { benchChain: run, ratioOf } = await import(pathToFileURL(await bundle("test/bench/chain.ts")).href);
  const { dedicated, sharing, reference } = run(size);
  const yardstick =
    reference === undefined
      ? [{ figure: "C++ reference: no g++ here, not measured", value: 0, unit: "" }]
      : [row("C++ reference, a row a handling", reference.handlingsPerSecond, reference.checksum)];
  const wanted = size === "large" ? { wanted: { atLeast: RATIO_FLOOR } } : {};
  return [
    ...yardstick,
    ...[dedicated, sharing].flatMap((engine) => {
      const { processors, spansPerSecond, checksum } = engine;
      const spans = row(`engine, ${processors} processors, two rows a call`, spansPerSecond, checksum);
      if (reference === undefined) return [spans];
      const { rowsRatio, handlingsRatio } = ratioOf(engine, reference);
      return [
        spans,
        {
          figure: "  its rows against those of the reference (0.40 wished)",
          value: rowsRatio,
          unit: "of it",
          ...wanted,
        },
        { figure: "  its handlings against those of the reference", value: handlingsRatio, unit: "of it" },
      ];
    }),
    ...["errors", "retries"].flatMap((what) => countsOf(what, dedicated, reference)),
  ];
}

const row = (figure, value, checksum) => ({ figure, value, unit: "spans/s", checksum });

/** 99 % of the differences of two Poisson counts with this mean are below it; 1 % of the count where that is more. */
const slack = (count) => Math.max(0.01 * count, 2.58 * Math.sqrt(2 * count));

function countsOf(what, engine, reference) {
  const counted = { figure: what, value: engine[what], unit: "" };
  if (reference === undefined) return [counted];
  return [
    { ...counted, figure: `${what} (reference ${reference[what]})` },
    {
      figure: `  difference of ${what}; chance alone makes ${slack(reference[what]).toFixed(0)} of it`,
      value: Math.abs(engine[what] - reference[what]),
      unit: "",
      wanted: { atMost: slack(reference[what]) },
    },
  ];
}

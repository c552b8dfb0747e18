/** The chain for `npm run bench`: chain.ts as it is, bundled over the server's sources, and its figures as rows. */
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";

export async function benchChain(size) {
  const { benchChain: run } = await import(pathToFileURL(await bundle("test/bench/chain.ts")).href);
  const { dedicated, sharing, reference } = run(size);
  const yardstick =
    reference === undefined
      ? [{ figure: "C++ reference: no g++ here, not measured", value: 0, unit: "" }]
      : [row("C++ reference, a row a handling", reference.handlingsPerSecond, reference.checksum)];
  return [
    ...yardstick,
    ...rowsOf(dedicated, reference),
    ...rowsOf(sharing, reference),
    ...countsOf(dedicated, reference),
  ];
}

const row = (figure, value, checksum) => ({ figure, value, unit: "spans/s", checksum });

/** Spans count the client's row of a call too; handlings are what the reference writes a row for. */
function rowsOf({ processors, spansPerSecond, handlingsRatio, checksum }, reference) {
  const spans = row(`engine, ${processors} processors, two rows a call`, spansPerSecond, checksum);
  if (reference === undefined) return [spans];
  const ratio = spansPerSecond / reference.handlingsPerSecond;
  return [
    spans,
    { figure: "  its rows against those of the reference", value: ratio, unit: "of it" },
    { figure: "  its handlings against those of the reference", value: handlingsRatio, unit: "of it" },
  ];
}

function countsOf(engine, reference) {
  return ["errors", "retries"].map((what) => ({
    figure: `${what}${reference === undefined ? "" : ` (reference ${String(reference[what])})`}`,
    value: engine[what],
    unit: "",
  }));
}

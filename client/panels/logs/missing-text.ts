/** What is said of lines that processes wrote and the log store does not have. */
import type { MissingLines } from "../../../server/wire/telemetry.js";
import { formatNumber } from "../../charts/format.js";

/** Undefined where nothing is missing. */
export function missingText(missing: MissingLines | undefined): string | undefined {
  if (missing === undefined) return undefined;
  const { dropped, sampledOut, delayed } = missing;
  const parts = [
    ...(dropped > 0 ? [`the shipper dropped ${lines(dropped)}`] : []),
    ...(sampledOut > 0 ? [`its sampling left out ${lines(sampledOut)}`] : []),
    ...(delayed > 0 ? [`${lines(delayed)} ${delayed === 1 ? "is" : "are"} still on the way`] : []),
  ];
  return parts.length === 0 ? undefined : `Not all lines of this window are here: ${parts.join(", ")}.`;
}

const lines = (count: number): string => `${formatNumber(count, 9)} ${count === 1 ? "line" : "lines"}`;

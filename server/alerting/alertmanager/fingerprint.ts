/** The number by which an alert is known: a hash of its labels. Source: prometheus/common/model/signature.go (FNV-1a). */
import { encodeUtf8 } from "../../base/utf8.js";
import type { Labels } from "../../telemetry/metric-reader.js";

const OFFSET = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const SEPARATOR = 255;

/** 16 hexadecimal digits. */
export function fingerprint(labels: Labels): string {
  let hash = OFFSET;
  const add = (byte: number): void => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  };
  for (const name of Object.keys(labels).sort()) {
    for (const byte of encodeUtf8(name)) add(byte);
    add(SEPARATOR);
    for (const byte of encodeUtf8(labels[name])) add(byte);
    add(SEPARATOR);
  }
  return hash.toString(16).padStart(16, "0");
}

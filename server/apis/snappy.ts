/** Snappy's block format, in which Prometheus sends and takes what it reads and writes remotely. */
import snappy from "snappyjs";

export const compressSnappy = (bytes: Uint8Array): Uint8Array => snappy.compress(bytes);

/** Throws for what is no Snappy, and for more than `bytesMax` bytes. */
export const uncompressSnappy = (bytes: Uint8Array, bytesMax: number): Uint8Array => snappy.uncompress(bytes, bytesMax);

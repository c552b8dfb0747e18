/** Snappy's block format; the package describes no types. */
declare module "snappyjs" {
  interface Snappy {
    compress(uncompressed: Uint8Array): Uint8Array;
    /** Throws for what is no Snappy, and for more than `maxLength` bytes. */
    uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  }
  const snappy: Snappy;
  export default snappy;
}

/** The body of a request to a tool, unpacked as its `Content-Encoding` says, and never larger than is taken. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { LimitError } from "../base/limit-error.js";
import { Refusal } from "../sessions/refusal.js";

/** Queries of dashboards are small; selectors of a federation or a remote read may be long. */
const BODY_BYTES_MAX = 1024 * 1024;

/** A body that is too large, packed or unpacked. */
export class BodyTooLarge extends LimitError {
  constructor() {
    super("bytes of a body", BODY_BYTES_MAX, undefined, "Send less at once.");
  }
}

/** A body in an encoding that nobody here reads. */
export class UnknownEncoding extends Refusal {
  constructor(encoding: string) {
    super("bad-request", `A body is not taken in the encoding ${encoding}.`, `Use ${[...DECODERS.keys()].join(", ")}.`);
  }
}

type Decoder = (body: Buffer) => Promise<Buffer>;

const limited = { maxOutputLength: BODY_BYTES_MAX };
const decodeGzip: Decoder = (body) => promisify(gunzip)(body, limited);
const asItIs: Decoder = (body) => Promise.resolve(body);

/** Snappy is part of the format of a remote read, which the tool itself reads. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", decodeGzip],
  ["x-gzip", decodeGzip],
  ["deflate", (body) => promisify(inflate)(body, limited)],
  ["br", (body) => promisify(brotliDecompress)(body, limited)],
  ["snappy", asItIs],
  ["identity", asItIs],
]);

/** Throws BodyTooLarge, UnknownEncoding, or a Refusal for a body that is not what it says. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const decode = encoding === "" ? asItIs : DECODERS.get(encoding);
  if (decode === undefined) throw new UnknownEncoding(encoding);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  try {
    return await decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge();
    throw new Refusal("bad-request", "The body is not what its Content-Encoding says.", "Send it as it is.");
  }
}

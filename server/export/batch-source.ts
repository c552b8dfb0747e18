/** Where an export gets its batches from: anything that answers the requests of `server/apis/export`. */
import type { ApiAnswer } from "../apis/api.js";
import { BATCH_HEADER, type BatchHead } from "../apis/export/batch.js";

export interface PulledBatch {
  readonly head: BatchHead;
  readonly body: Uint8Array;
}

/** Not now; ask again later. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}

/** The world was built anew and knows nothing of this session. */
export class SessionGone extends Error {
  override readonly name = "SessionGone";
}

export type BatchParameters = Readonly<Record<string, string>>;

export interface BatchSource {
  /** Throws NotYet, SessionGone, or what can not be mended. */
  next(parameters: BatchParameters): Promise<PulledBatch>;
  /** Nothing will come any more, however long one waits. */
  isOver(): Promise<boolean>;
}

/** An answer with its headers in lower case. */
export interface SourceAnswer {
  readonly httpStatus: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

export function pulledBatch({ httpStatus, header, body }: SourceAnswer): PulledBatch {
  const head = header(BATCH_HEADER);
  if (httpStatus === 200 && head !== undefined) return { head: JSON.parse(head) as BatchHead, body };
  const text = new TextDecoder().decode(body).slice(0, 500);
  if (httpStatus === 503 || httpStatus === 429) throw new NotYet(text);
  if (httpStatus === 410) throw new SessionGone(text);
  throw new Error(`the run answered ${String(httpStatus)}: ${text}`);
}

export const sourceAnswer = ({ httpStatus, headers = {}, body }: ApiAnswer): SourceAnswer => ({
  httpStatus,
  header: (name) => headers[name],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

/** A run of another server, by its address with the token in it: `http://host/run/<id>/t/<token>[/wall]`. */
export class RemoteSource implements BatchSource {
  constructor(
    readonly address: string,
    readonly signal?: AbortSignal,
  ) {}

  async next(parameters: BatchParameters): Promise<PulledBatch> {
    const search = new URLSearchParams(parameters).toString();
    const answer = await fetch(`${this.address}/export/next?${search}`, {
      redirect: "error",
      ...(this.signal === undefined ? {} : { signal: this.signal }),
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    return pulledBatch({ httpStatus: answer.status, header: (name) => answer.headers.get(name) ?? undefined, body });
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

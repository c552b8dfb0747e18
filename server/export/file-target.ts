/**
 * Batches to files, one for each signal, as the Collector's file exporter writes them: JSON a message a line, Protocol
 * Buffers with the length of each message in four bytes before it, the most significant first. Of OpenMetrics one text.
 * Source: opentelemetry-collector-contrib/exporter/fileexporter; OpenTelemetry, 'OTLP File Exporter' (one signal a file).
 */
import { open, type FileHandle } from "node:fs/promises";
import { extname } from "node:path";
import type { Signal } from "../apis/export/batch.js";
import type { PulledBatch } from "./batch-source.js";
import { type Delivery, type Target, TargetFailure } from "./target.js";

const NEW_LINE = new Uint8Array([0x0a]);

export class FileTarget implements Target {
  readonly #files = new Map<Signal, FileHandle>();

  /** @param perSignal whether the name of the file gets that of the signal: `run.json` to `run-traces.json` */
  constructor(
    readonly path: string,
    readonly format: string,
    readonly perSignal: boolean,
  ) {}

  async deliver({ head, body }: PulledBatch): Promise<Delivery> {
    const { items, signal } = head;
    if (items === 0) return { accepted: 0, dropped: {}, bytes: 0, retries: 0 };
    const file = this.#files.get(signal) ?? (await this.#open(signal));
    const pieces = this.#pieces(body);
    for (const piece of pieces) await file.writeFile(piece);
    return { accepted: items, dropped: {}, bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), retries: 0 };
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) {
      if (this.format === "openmetrics") await file.writeFile("# EOF\n");
      await file.close();
    }
    this.#files.clear();
  }

  async #open(signal: Signal): Promise<FileHandle> {
    const path = this.perSignal ? pathOf(this.path, signal) : this.path;
    try {
      const file = await open(path, "w");
      this.#files.set(signal, file);
      return file;
    } catch (error) {
      throw new TargetFailure(`can not write ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #pieces(body: Uint8Array): readonly Uint8Array[] {
    if (this.format === "otlp-json") return [body, NEW_LINE];
    if (this.format === "openmetrics") return [body];
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, body.length);
    return [length, body];
  }
}

function pathOf(path: string, signal: Signal): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${signal}${extension}`;
}

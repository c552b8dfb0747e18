/**
 * The built client from its directory. The files are listed once at the start: what is not listed does not exist, so no
 * path can leave the directory. Files that the build compressed are sent compressed; names with a hash are kept for ever.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import express, { type Request, type RequestHandler, type Response } from "express";
import { Refusal } from "../sessions/refusal.js";

interface ClientFile {
  /** Relative to the client's directory, by encoding; `identity` is always there. */
  readonly variants: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

const encodings: readonly { readonly name: string; readonly suffix: string }[] = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
];

/** Sends files of `directory`, and its `index.html` for the pages of the application. */
export function serveClient(directory: string): RequestHandler {
  const files = listFiles(directory);
  const router = express.Router();
  router.get(["/", "/run", "/run/*view"], (request, response) => {
    const page = files.get("/index.html");
    if (page === undefined) throw new Refusal("unavailable", "The client has not been built.", "Run npm start.");
    send({ request, response, directory, file: page });
  });
  router.use((request, response, next) => {
    const file = request.method === "GET" || request.method === "HEAD" ? files.get(request.path) : undefined;
    if (file === undefined) next();
    else send({ request, response, directory, file });
  });
  return router;
}

function listFiles(directory: string): ReadonlyMap<string, ClientFile> {
  if (!existsSync(directory)) return new Map();
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(directory, path)).isFile(),
  );
  const all = new Set(paths);
  const plain = paths.filter((path) => !encodings.some(({ suffix }) => path.endsWith(suffix)));
  return new Map(plain.map((path) => [`/${path.split(sep).join("/")}`, clientFile(path, all)]));
}

function clientFile(path: string, all: ReadonlySet<string>): ClientFile {
  const compressed = encodings
    .filter(({ suffix }) => all.has(path + suffix))
    .map(({ name, suffix }) => [name, path + suffix]);
  const variants = { identity: path, ...(Object.fromEntries(compressed) as Record<string, string>) };
  return { variants, immutable: path.startsWith(`assets${sep}`) };
}

function send(options: {
  readonly request: Request;
  readonly response: Response;
  readonly directory: string;
  readonly file: ClientFile;
}): void {
  const { request, response, directory, file } = options;
  const names = [...encodings.map(({ name }) => name).filter((name) => name in file.variants), "identity"];
  const accepted = request.acceptsEncodings(names);
  const encoding = accepted === false ? "identity" : accepted;
  const identity = file.variants["identity"] ?? "";
  response.type(extname(relative("", identity)));
  response.vary("Accept-Encoding");
  response.set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (encoding !== "identity") response.set("Content-Encoding", encoding);
  response.sendFile(file.variants[encoding] ?? identity, { root: directory, cacheControl: false });
}

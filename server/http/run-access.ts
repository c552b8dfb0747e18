/**
 * The tokens with which other programs read a run: made from the run's id and a secret of this server, so that nothing
 * has to be stored and a token is good for one run only. Whoever has it may do with the run's telemetry what its learner
 * may, and nothing else. Source: HMAC, RFC 2104.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SECRET_BYTES = 32;
/** 24 characters of base64url: 144 bits. */
const TOKEN_CHARACTERS = 24;
const SECRET_FILE = "access.key";

export class RunAccess {
  constructor(private readonly secret: Uint8Array) {}

  tokenOf(runId: string): string {
    const digest = createHmac("sha256", this.secret).update(`run ${runId}`).digest("base64url");
    return digest.slice(0, TOKEN_CHARACTERS);
  }

  /** Takes as long for a wrong token as for the right one. */
  isToken(runId: string, token: string): boolean {
    const expected = Buffer.from(this.tokenOf(runId));
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** The secret of the server whose data is in `directory`; made when it first starts there. */
export function openAccessSecret(directory: string): Uint8Array {
  const file = join(directory, SECRET_FILE);
  if (existsSync(file)) {
    const secret = Buffer.from(readFileSync(file, "utf8").trim(), "base64url");
    if (secret.length >= SECRET_BYTES) return secret;
  }
  const secret = randomBytes(SECRET_BYTES);
  writeFileSync(file, `${secret.toString("base64url")}\n`, { mode: 0o600 });
  return secret;
}

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LibsqlEventLog } from "../../server/sessions/libsql-event-log.js";

/** Lets a child write until it is killed `afterMs` after its first event; the last sequence that it was told is durable. */
async function writeAndKill(file: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ["test/fixtures/append-events.mjs", file, "r1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (output === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once("close", resolve));
  return Number(output.trim().split("\n").at(-1));
}

test("a writer killed ten times at random moments loses nothing that was acknowledged", async () => {
  const directory = mkdtempSync(join(tmpdir(), "firedrill-kill-"));
  const file = join(directory, "firedrill.db");
  for (let round = 0; round < 10; round += 1) {
    const acknowledged = await writeAndKill(file, Math.random() * 60);
    const log = new LibsqlEventLog(file);
    const events = await log.readEvents("r1", 0, Number.MAX_SAFE_INTEGER);
    expect(acknowledged).toBeGreaterThan(1);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index + 1));
    expect(events.length, "no acknowledged event is missing").toBeGreaterThanOrEqual(acknowledged);
    expect(events.length, "at most the one that was on its way is there beyond").toBeLessThanOrEqual(acknowledged + 1);
    expect(await log.findCommand("r1", `c${String(acknowledged)}`)).toBe(acknowledged);
    log.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

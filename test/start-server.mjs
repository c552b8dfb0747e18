/** The server as a process of its own, on a free port of this machine, for scripts that look at it from outside. */
import { spawn } from "node:child_process";

/**
 * Resolves when the server says that it is ready. It ends with `stop()`, and with this process.
 * @param program what Node runs: the start script, which builds first, or the compiled server
 * @param port a free one unless named
 */
export async function startServer(dataFolder, program = "server/start.mjs", port = "0") {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PORT: port, HOST: "127.0.0.1", FIREDRILL_DATA: dataFolder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const match = /ready at (http:\/\/\S+)/.exec(output);
      if (match) resolve(match[1]);
    });
    child.once("exit", () => reject(new Error(`the server ended: ${output}`)));
  });
  const end = () => process.exit(1);
  const kill = () => child.kill("SIGTERM");
  process.once("SIGTERM", end).once("SIGINT", end).once("exit", kill);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        process.off("SIGTERM", end).off("SIGINT", end).off("exit", kill);
        child.once("exit", resolve);
        kill();
      }),
  };
}

/** Entry of `npm run scenario -- <command>`: hands the process's arguments and streams to the commands. */
import { runCommand } from "./commands.js";

// Whoever reads the output may stop early (`| head`); that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runCommand(process.argv.slice(2), {
  scenariosFolder: process.env["FIREDRILL_SCENARIOS"] ?? "scenarios",
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
});

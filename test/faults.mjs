/**
 * `npm run faults`: the table of faults. Every class of the catalogue that can be injected, alone on the shop at two seeds:
 * what rises where against the healthy twin, what users feel, what stays as it is, and that its cure ends it and a wrong
 * one does not. `-- CLASS` shows the classes whose name contains the word, `-- --quick` what the tests play: windows half
 * as long, each row at one of the seeds. Exit 1 when a row does not hold.
 */
import { pathToFileURL } from "node:url";
import { bundle } from "./bench/bundle.mjs";

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const [only = ""] = words.filter((word) => word !== "--quick");
const program = pathToFileURL(await bundle("test/faults/signatures/report.ts")).href;
const { reportFaults } = await import(program);
const failed = reportFaults({ only, size: quick ? "quick" : "whole", out: (line) => console.log(line) });
process.exitCode = failed === 0 ? 0 : 1;

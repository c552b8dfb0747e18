/**
 * Makes sure of a Chromium for the browser tests and answers with its path: CHROMIUM_PATH, Debian's /usr/bin/chromium,
 * Playwright's own; else installs Debian's package where we are root on Debian; else says in one line what to install.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright";

const DEBIAN_PATH = "/usr/bin/chromium";

/** Without a processor of graphics, and without anything that it would ask of the network by itself. */
export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function playwrightPath() {
  try {
    return chromium.executablePath();
  } catch {
    return "";
  }
}

function installedPath() {
  return [process.env.CHROMIUM_PATH, DEBIAN_PATH, playwrightPath()].find((path) => path && existsSync(path));
}

function installOnDebian() {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  console.log("no Chromium found: installing Debian's package chromium");
  const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  execFileSync("apt-get", ["update"], options);
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
}

/** Path of a browser that exists. Throws with one line that says what to install. */
export function ensureBrowser() {
  let path = installedPath();
  if (path === undefined) {
    try {
      installOnDebian();
    } catch {
      // Told below, in one line, together with the other ways.
    }
    path = installedPath();
  }
  if (path === undefined) {
    throw new Error(
      "no Chromium: install Debian's package chromium, or run `npx playwright install chromium`, or set CHROMIUM_PATH",
    );
  }
  return path;
}

// What the measurements in a browser share: a served library, a page in headless Chromium, and times between frames.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const binary = process.env.VITRINE_BIN ?? join(root, "build/release/bin/vitrine");
const { chromium } = createRequire(join(root, "web/package.json"))("@playwright/test");

/** Serves a library and opens a browser. `close` ends both. */
export async function open(library) {
  const server = spawn(binary, ["--library", library, "serve", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  const { url, launch_url } = JSON.parse(line);
  const browser = await chromium.launch({
    executablePath: process.env.VITRINE_CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const close = async () => {
    await browser.close();
    server.kill("SIGTERM");
  };
  return { page, url, launch_url, close, version: browser.version() };
}

export function machine(version) {
  return { cpu: cpus()[0].model, cores: cpus().length, browser: version, load_before: Math.round(loadavg()[0] * 100) / 100 };
}

const rounded = (value) => Math.round(value * 10) / 10;
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Of times in milliseconds. */
export function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { count: times.length, p50_ms: rounded(percentile(sorted, 0.5)), p95_ms: rounded(percentile(sorted, 0.95)), worst_ms: rounded(sorted.at(-1)) };
}

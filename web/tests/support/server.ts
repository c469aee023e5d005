// The fixture of nearly every browser test: a library of 120 photographs, `vitrine serve` on it, and `page` inside.
//
// A worker makes its library and its server once. The launch address works a single time, so the worker spends it on its
// cookie, and the context of each test begins with that. A test that wants a launch of its own starts its own server:
//
//   const server = await startServer(library.folder);  ...  await server.stop();
import { test as base, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { kVitrine } from "./paths.ts";
import { copyPhotos } from "./photos.ts";
import { watched, type Watch } from "./watch.ts";

const kPhotos = 120;
const kSparePhotos = 20;
const kStartMs = 60_000;
const kStopMs = 15_000;

export interface TestLibrary {
  /** What --library takes. */
  readonly folder: string;
  /** Where the photographs lie; a test may add to them, and puts back what it takes away. */
  readonly photos: string;
}

export interface Server {
  /** Ends in a slash. */
  readonly url: string;
  /** Good for one visit. */
  readonly launchUrl: string;
  readonly process: ChildProcess;
  /** SIGTERM, then the wait for the end; returns the exit code. */
  stop(): Promise<number | null>;
}

/** Makes a library below a new temporary folder, of photographs that `prepare` may change first. `remove` takes all of it away. */
export function makeLibrary(count = kPhotos, prepare: (photos: string) => void = () => {}): TestLibrary & { remove(): void } {
  const top = mkdtempSync(join(tmpdir(), "vitrine-browser-"));
  const library = { folder: join(top, "library"), photos: join(top, "photos") };
  copyPhotos(library.photos, count);
  prepare(library.photos);
  execFileSync(kVitrine, ["--library", library.folder, "index", library.photos], { stdio: ["ignore", "ignore", "pipe"] });
  return { ...library, remove: () => rmSync(top, { recursive: true, force: true }) };
}

/** Starts `vitrine serve` on a free port and waits for the line that says where it listens. */
export async function startServer(folder: string, more: readonly string[] = []): Promise<Server> {
  const child = spawn(kVitrine, ["--library", folder, "serve", "--json", ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-4000)));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const line = await firstLine(child, ended, () => words);
  const { url, launch_url: launchUrl } = JSON.parse(line) as { url: string; launch_url: string };
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), kStopMs);
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  return { url, launchUrl, process: child, stop };
}

function firstLine(child: ChildProcess, ended: Promise<number | null>, words: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      child.kill("SIGKILL");
      reject(new Error(`${kVitrine} serve ${what}\n${words()}`));
    };
    const timer = setTimeout(() => fail(`did not say within ${kStartMs} ms where it listens`), kStartMs);
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    void ended.then((code) => fail(`ended with code ${code}`));
    if (!child.stdout) return fail("has no standard output");
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}

type State = Exclude<BrowserContextOptions["storageState"], string | undefined>;

/** A page of a server of the test's own, in a context of its own: `page.context().close()` ends it. */
export async function visit(browser: Browser, server: Server): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await page.goto(server.launchUrl);
  return page;
}

interface Shared {
  library: TestLibrary;
  /** A small one without a server, for tests that add pictures to it, or take its files away for a while. */
  spare: TestLibrary;
  server: Server;
  session: State;
}

export const test = base.extend<{ watch: Watch }, Shared>({
  library: [
    async ({}, use) => {
      const library = makeLibrary();
      await use(library);
      library.remove();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  spare: [
    async ({}, use) => {
      const library = makeLibrary(kSparePhotos);
      await use(library);
      library.remove();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  server: [
    async ({ library }, use) => {
      const server = await startServer(library.folder);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: kStartMs + kStopMs },
  ],
  session: [
    async ({ playwright, server }, use) => {
      const request = await playwright.request.newContext();
      const answer = await request.get(server.launchUrl);
      if (!answer.ok()) throw new Error(`the launch address answered ${answer.status()}`);
      await use(await request.storageState());
      await request.dispose();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  storageState: async ({ session }, use) => use(session),
  page: async ({ page }, use) => {
    await page.goto("/");
    await use(page);
  },
  watch: [async ({ context, server }, use) => watched(context, server.url, use), { auto: true }],
});

export { expect } from "@playwright/test";

// What must be true of every page in every test: no request leaves the origin, the policy is never broken, no script
// error goes unseen. A test that means to provoke one of these takes it out of the list itself.
import { expect, type BrowserContext } from "@playwright/test";

export interface Watch {
  readonly offOrigin: string[];
  readonly policy: string[];
  readonly errors: string[];
}

/** Collects during `use` and fails the test afterwards if something is left. */
export async function watched(context: BrowserContext, url: string, use: (watch: Watch) => Promise<void>): Promise<void> {
  const origin = new URL(url).origin;
  const watch: Watch = { offOrigin: [], policy: [], errors: [] };
  context.on("request", (request) => {
    const inside = request.url().startsWith(`${origin}/`) || /^(blob|data):/.test(request.url());
    if (!inside) watch.offOrigin.push(request.url());
  });
  context.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) watch.policy.push(message.text());
  });
  context.on("weberror", (error) => watch.errors.push(String(error.error())));
  await use(watch);
  expect(watch, "requests off the origin, breaches of the policy, uncaught errors").toEqual({
    offOrigin: [],
    policy: [],
    errors: [],
  });
}

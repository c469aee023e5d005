// The built pages alone, served by `vite preview` under the policy that `vitrine serve` sends: no program, no library.
// For what can be said of the pages before anything answers their questions.
import { test as base } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { preview } from "vite";

import { kBuildFolder } from "./paths.ts";
import { watched, type Watch } from "./watch.ts";

const kWeb = fileURLToPath(new URL("../..", import.meta.url));

export const test = base.extend<{ watch: Watch }, { previewUrl: string }>({
  previewUrl: [
    async ({}, use) => {
      const server = await preview({
        root: kWeb,
        build: { outDir: `${kBuildFolder}/web/dist` },
        preview: { host: "127.0.0.1", port: 0 },
        logLevel: "error",
      });
      const address = server.httpServer.address();
      if (address === null || typeof address === "string") throw new Error("vite preview listens on no port");
      await use(`http://127.0.0.1:${address.port}/`);
      await server.close();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ previewUrl }, use) => use(previewUrl),
  watch: [async ({ context, previewUrl }, use) => watched(context, previewUrl, use), { auto: true }],
});

export { expect } from "@playwright/test";

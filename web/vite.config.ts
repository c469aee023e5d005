// How the pages are built. What the strict Content-Security-Policy needs is decided here: no inlined script, style or
// picture, no polyfill that would be a script of its own. `vite build --outDir DIR` says where the result goes.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import { kContentSecurityPolicy } from "./csp.ts";

// The preview server answers with the policy that `vitrine serve` sends.
function previewWithPolicy(): Plugin {
  return {
    name: "vitrine-preview-policy",
    configurePreviewServer(server) {
      server.middlewares.use((_request, response, next) => {
        response.setHeader("Content-Security-Policy", kContentSecurityPolicy);
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), previewWithPolicy()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    emptyOutDir: true,
    sourcemap: false,
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
  },
});

// Browser tests with the system's Chromium; nothing is downloaded. Run by ctest as web.browser, or by hand:
//
//   cd web && npx playwright test [FILE] [--headed]
//
// VITRINE_BUILD (a build folder), VITRINE_BIN and VITRINE_CHROMIUM say what to test and with what.
import { defineConfig } from "@playwright/test";

import { kBuildFolder, kChromium } from "./tests/support/paths.ts";

// Chromium's own sandbox cannot start for root, which is what containers run as.
const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  testMatch: "*.spec.ts",
  testIgnore: "screenshots/**",
  outputDir: `${kBuildFolder}/web/browser-tests`,
  workers: 1,
  // The first picture that is asked with opens the image tower: seconds on a busy machine.
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    headless: true,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: kChromium, args: asRoot ? ["--no-sandbox"] : [] },
  },
});

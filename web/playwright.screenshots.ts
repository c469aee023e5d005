// `make screenshots`: each page in light and dark, into build/screenshots.
import { defineConfig } from "@playwright/test";

import tests from "./playwright.config.ts";

export default defineConfig({ ...tests, testDir: "tests/screenshots", testIgnore: [] });

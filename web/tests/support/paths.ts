// Where the tests find what was built. ctest sets the variables; by hand the release build is taken.
import { fileURLToPath } from "node:url";

export const kRoot = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
export const kBuildFolder = process.env.VITRINE_BUILD ?? `${kRoot}/build/release`;
export const kVitrine = process.env.VITRINE_BIN ?? `${kBuildFolder}/bin/vitrine`;
export const kChromium = process.env.VITRINE_CHROMIUM ?? "/usr/bin/chromium";

import { describe, expect, it } from "vitest";

import { parseRoute, pathOf } from "./router.svelte";

describe("parseRoute", () => {
  it.each([
    ["/", { name: "gallery" }],
    ["/duplicates", { name: "duplicates" }],
    ["/boards/", { name: "boards" }],
    ["/boards/7", { name: "board", id: "7" }],
    ["/activity", { name: "activity" }],
  ])("knows %s", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });

  it.each(["/nowhere", "/boards/7/8", "/duplicates/1", "/boards/%E0%A4%A"])("knows no place at %s", (path) => {
    expect(parseRoute(path)).toEqual({ name: "unknown", path });
  });

  it("finds again what pathOf wrote", () => {
    for (const id of ["7", "a b", "\u00fc/\u00df", "..", "%2F"]) {
      expect(parseRoute(pathOf({ name: "board", id }))).toEqual({ name: "board", id });
    }
  });
});

import { describe, expect, it } from "vitest";

import type { Listing } from "../types";
import { groupOf, sameGroup, shownWith } from "./groups";

const answer: Listing = { ranked: true, total: 3, ids: [1, 2, 3], aspects: [1, 2, 0.5], version: 7, order: "newest", above_cut: 2 };

describe("groups", () => {
  it("leaves an answer as it is where none is open", () => {
    expect(shownWith(answer, new Map())).toBe(answer);
  });

  it("shows the pictures of an open group behind its first, in their own shape", () => {
    const opened = new Map([[2, [{ id: 20, aspect: 1.5 }, { id: 21, aspect: 0.7 }]]]);
    const shown = shownWith(answer, opened);
    expect(shown.ids).toEqual([1, 2, 20, 21, 3]);
    expect(shown.aspects).toEqual([1, 2, 1.5, 0.7, 0.5]);
    expect(shown.above_cut, "what lies behind a match lies above the line").toBe(4);
    expect(groupOf(opened, 21)).toBe(2);
    expect(groupOf(opened, 2)).toBeNull();
  });

  it("closes a group that is another one now", () => {
    expect(sameGroup([20, 21], [{ id: 20, aspect: 1 }])).toBe(true);
    expect(sameGroup([20], [{ id: 20, aspect: 1 }, { id: 21, aspect: 1 }])).toBe(false);
    expect(sameGroup([], [])).toBe(false);
  });

  it("moves no line for a group below it", () => {
    expect(shownWith(answer, new Map([[3, [{ id: 30, aspect: 1 }]]])).above_cut).toBe(2);
  });
});

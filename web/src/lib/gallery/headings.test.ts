import { describe, expect, it } from "vitest";

import { headingsOf } from "./headings";

const ids = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("headingsOf", () => {
  it("gives a full month its own heading, and lets sparse ones share", () => {
    const months = [
      { month: "2024-06", count: 40 },
      { month: "2024-05", count: 2 },
      { month: "2024-03", count: 1 },
      { month: "2023-12", count: 30 },
      { month: null, count: 3 },
    ];
    const headings = headingsOf({ ranked: false, ids: ids(76), months });
    expect(headings.map(({ start, count, month }) => [start, count, month])).toEqual([
      [0, 40, "2024-06"],
      [40, 3, "2024-05"],
      [43, 30, "2023-12"],
      [73, 3, ""],
    ]);
    expect(headings[1]?.label).toMatch(/March.+May 2024/);
  });

  it("draws one line through a ranked list", () => {
    const of = (above_cut: number, nothing_matches = false) => headingsOf({ ranked: true, ids: ids(10), above_cut, nothing_matches });
    expect(of(4).map(({ start, count, heading }) => [start, count, heading > 0])).toEqual([[0, 4, false], [4, 6, true]]);
    expect(of(10).map(({ count }) => count)).toEqual([10]);
    expect(of(4, true).map(({ count, heading }) => [count, heading > 0])).toEqual([[10, true]]);
  });

  it("has none where the order is not by date", () => {
    expect(headingsOf({ ranked: false, ids: ids(5), months: [] }).map(({ count, heading }) => [count, heading])).toEqual([[5, 0]]);
    expect(headingsOf({ ranked: false, ids: [] })).toEqual([]);
  });
});

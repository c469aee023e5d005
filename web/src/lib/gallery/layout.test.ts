import { describe, expect, it } from "vitest";

import { besideRow, boxesOf, justify, picturesIn, rowAt, rowOf, sectionAt, shapeOf, type Section } from "./layout";

// A small generator with a fixed seed (Lehmer), so that every run sees the same shapes.
function shapes(count: number, seed = 7): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return 0.1 + (state / 2147483647) ** 2 * 6;
  });
}
const whole = (count: number, heading = 0): Section[] => [{ start: 0, count, heading }];

describe("justify", () => {
  const aspects = shapes(5000);
  const sections: Section[] = [
    { start: 0, count: 1, heading: 40 },
    { start: 1, count: 2999, heading: 40 },
    { start: 3000, count: 2000, heading: 0 },
  ];
  for (const width of [300, 343, 1240, 2500]) {
    const layout = justify(aspects, sections, width, 180, 8);

    it(`${width} px: every picture lies in one row, in order`, () => {
      expect(layout.rowStart[0]).toBe(0);
      expect(layout.rowStart[layout.rows]).toBe(5000);
      for (let row = 0; row < layout.rows; ++row) expect(layout.rowStart[row + 1]!).toBeGreaterThan(layout.rowStart[row]!);
    });

    it(`${width} px: rows fill the width, or end a section`, () => {
      const ends = new Set(sections.map(({ start, count }) => start + count));
      for (let row = 0; row < layout.rows; ++row) {
        const last = boxesOf(layout, aspects, row).at(-1)!;
        const right = last.left + last.width;
        expect(right).toBeLessThan(width + 0.5);
        if (!ends.has(layout.rowStart[row + 1]!)) expect(right).toBeGreaterThan(width - 0.5);
      }
    });

    it(`${width} px: rows lie below one another and below their headings`, () => {
      for (let row = 1; row < layout.rows; ++row) {
        expect(layout.rowTop[row]!).toBeGreaterThanOrEqual(layout.rowTop[row - 1]! + layout.rowHeight[row - 1]! + 8 - 1e-3);
      }
      sections.forEach(({ start, heading }, s) => {
        expect(layout.rowTop[rowOf(layout, start)]).toBeCloseTo(layout.sectionTop[s]! + heading, 3);
      });
      expect(layout.height).toBeCloseTo(layout.rowTop[layout.rows - 1]! + layout.rowHeight[layout.rows - 1]!, 3);
    });

    it(`${width} px: no row is taller than allowed`, () => {
      for (let row = 0; row < layout.rows; ++row) expect(layout.rowHeight[row]!).toBeLessThanOrEqual(1.4 * 180 + 0.1);
    });
  }

  it("keeps true shapes, but for the very thin and the very wide", () => {
    expect(shapeOf(1.5)).toBe(1.5);
    expect(shapeOf(0.01)).toBe(0.35);
    expect(shapeOf(30)).toBe(8);
    const layout = justify(Float32Array.of(30), whole(1), 1200, 180, 8);
    expect(boxesOf(layout, Float32Array.of(30), 0)[0]!.width).toBeCloseTo(1200, 1);
  });

  it("is empty for nothing", () => {
    const layout = justify(new Float32Array(0), [], 1000, 180, 8);
    expect([layout.rows, layout.height]).toEqual([0, 0]);
    expect(picturesIn(layout, new Float32Array(0), 0, 0, 100, 100)).toEqual([]);
  });
});

describe("looking things up", () => {
  const aspects = shapes(2000, 11);
  const layout = justify(aspects, whole(2000, 30), 1000, 150, 8);

  it("finds the row of a picture and of a height, as a slow search does", () => {
    for (let picture = 0; picture < 2000; picture += 37) {
      const row = Array.from(layout.rowStart.subarray(0, layout.rows)).findLastIndex((start) => start <= picture);
      expect(rowOf(layout, picture)).toBe(row);
      expect(rowAt(layout, layout.rowTop[row]! + 1)).toBe(row);
    }
    expect(rowAt(layout, -100)).toBe(0);
    expect(sectionAt(layout, 1e9)).toBe(0);
  });

  it("goes down and up again to where it began or beside it", () => {
    expect(besideRow(layout, aspects, 0, -1)).toBe(0);
    expect(besideRow(layout, aspects, 1999, 1)).toBe(1999);
    for (let picture = 100; picture < 1900; picture += 61) {
      const below = besideRow(layout, aspects, picture, 1);
      expect(rowOf(layout, below)).toBe(rowOf(layout, picture) + 1);
    }
  });

  it("finds what a rectangle touches, as a slow search does", () => {
    const [x0, y0, x1, y1] = [700, 2100, 250, 900];
    const slow: number[] = [];
    for (let row = 0; row < layout.rows; ++row) {
      boxesOf(layout, aspects, row).forEach((box, i) => {
        const top = layout.rowTop[row]!;
        const touches = box.left <= x0 && box.left + box.width >= x1 && top <= y0 && top + layout.rowHeight[row]! >= y1;
        if (touches) slow.push(layout.rowStart[row]! + i);
      });
    }
    expect(picturesIn(layout, aspects, x0, y0, x1, y1)).toEqual(slow);
    expect(slow.length).toBeGreaterThan(5);
  });
});

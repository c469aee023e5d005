import { describe, expect, it } from "vitest";

import { fitted, held, kWhole, zoomedAt } from "./zoom";

const window = { width: 1000, height: 600 };

describe("zoom", () => {
  it("fits a picture by its longer side", () => {
    expect(fitted(window, 2)).toEqual({ width: 1000, height: 500 });
    expect(fitted(window, 0.5)).toEqual({ width: 300, height: 600 });
    expect(fitted(window, 2, { width: 400, height: 200 }).width).toBe(400);
  });
  it("keeps the point under the pointer where it is", () => {
    const before = { scale: 2, x: 30, y: -10 };
    const after = zoomedAt(before, 1.5, 120, 80);
    const at = (view: typeof before, x: number) => (x - view.x) / view.scale;
    expect(at(after, 120)).toBeCloseTo(at(before, 120), 9);
    expect((80 - after.y) / after.scale).toBeCloseTo((80 - before.y) / before.scale, 9);
  });
  it("never lets the picture leave the window, nor shrink below it", () => {
    const fit = fitted(window, 2);
    expect(held({ scale: 0.5, x: 900, y: 900 }, window, fit, 4)).toEqual(kWhole);
    expect(held({ scale: 2, x: 9999, y: 9999 }, window, fit, 4)).toEqual({ scale: 2, x: 500, y: 200 });
    expect(held({ scale: 99, x: 0, y: 0 }, window, fit, 4).scale).toBe(4);
  });
});

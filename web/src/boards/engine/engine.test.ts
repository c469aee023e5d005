import { describe, expect, it } from "vitest";

import { align, distribute, normalise, rows } from "./arrange";
import { Camera } from "./camera";
import { bounds, corners, intersects, touches, turned, union } from "./geometry";
import { levelFor } from "./images";
import { BoardModel, readingOrder } from "./model";
import { snap } from "./snap";
import { SpatialIndex } from "./spatial";
import { cropDragged, cropPanned, handlePoint, resized, rotated, uncropped, withCrop } from "./transform";
import { completeItem, wireItem, type BoardItem, type Point } from "./types";

const item = (id: string, x: number, y: number, width: number, height: number, more: Partial<BoardItem> = {}): BoardItem =>
  completeItem({ id, x, y, width, height, ...more });
const near = (a: Point, b: Point): void => {
  expect(a.x).toBeCloseTo(b.x, 6);
  expect(a.y).toBeCloseTo(b.y, 6);
};
function random(seed: number): () => number {
  let state = seed;
  return () => ((state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32);
}

describe("camera", () => {
  it("keeps the point under the pointer while zooming", () => {
    const camera = new Camera();
    camera.x = 120;
    camera.y = -40;
    const before = camera.toBoard({ x: 300, y: 200 });
    camera.zoomAt({ x: 300, y: 200 }, 1.7);
    near(camera.toBoard({ x: 300, y: 200 }), before);
  });

  it("shows the whole box in the middle", () => {
    const camera = new Camera();
    const box = { x: -500, y: 100, width: 4000, height: 1000 };
    camera.fit(box, { width: 800, height: 600 });
    const view = camera.view({ width: 800, height: 600 });
    expect(view.x).toBeLessThan(box.x);
    expect(view.x + view.width).toBeGreaterThan(box.x + box.width);
    near({ x: view.x + view.width / 2, y: view.y + view.height / 2 }, { x: 1500, y: 600 });
  });

  it("moves no further than needed to reveal", () => {
    const camera = new Camera();
    expect(camera.reveal({ x: 100, y: 100, width: 50, height: 50 }, { width: 400, height: 400 })).toBe(false);
    expect(camera.reveal({ x: 500, y: 100, width: 50, height: 50 }, { width: 400, height: 400 })).toBe(true);
    expect(camera.x).toBe(174);
    expect(camera.y).toBe(0);
  });
});

describe("geometry", () => {
  it("bounds a turned box by its corners", () => {
    const turnedBox = item("a", 0, 0, 200, 100, { rotation_deg: 90 });
    const box = bounds(turnedBox);
    near(box, { x: 50, y: -50 });
    expect(box.width).toBeCloseTo(100);
    expect(box.height).toBeCloseTo(200);
  });

  it("is touched where it lies, not where it lay before it was turned", () => {
    const turnedBox = item("a", 0, 0, 200, 20, { rotation_deg: 90 });
    expect(touches(turnedBox, { x: 100, y: 100 }, 0)).toBe(true);
    expect(touches(turnedBox, { x: 10, y: 10 }, 0)).toBe(false);
  });

  it("touches a frame on its border and title alone", () => {
    const frame = item("f", 0, 0, 400, 300, { kind: "frame" });
    expect(touches(frame, { x: 200, y: 150 }, 4)).toBe(false);
    expect(touches(frame, { x: 2, y: 150 }, 4)).toBe(true);
    expect(touches(frame, { x: 200, y: -20 }, 4)).toBe(true);
  });

  it("touches an arrow near its line, in whatever direction it points", () => {
    const arrow = item("a", 100, 100, -80, 60, { kind: "arrow" });
    expect(touches(arrow, { x: 60, y: 130 }, 4)).toBe(true);
    expect(touches(arrow, { x: 100, y: 160 }, 4)).toBe(false);
  });
});

describe("spatial index", () => {
  it("finds what asking each item finds", () => {
    const next = random(7);
    const index = new SpatialIndex();
    const boxes = new Map<string, { x: number; y: number; width: number; height: number }>();
    for (let i = 0; i < 600; i++) {
      const wide = i % 50 === 0 ? 60_000 : 900;
      const box = { x: next() * 2e4 - 1e4, y: next() * 2e4 - 1e4, width: next() * wide, height: next() * wide };
      boxes.set(`i${i}`, box);
      index.set(`i${i}`, box);
    }
    for (let i = 0; i < 600; i += 7) {
      index.delete(`i${i}`);
      boxes.delete(`i${i}`);
    }
    for (let i = 0; i < 60; i++) {
      const area = { x: next() * 2e4 - 1e4, y: next() * 2e4 - 1e4, width: next() * 5000, height: next() * 5000 };
      const wanted = [...boxes].filter(([, box]) => intersects(box, area)).map(([id]) => id).sort();
      expect([...index.query(area)].sort()).toEqual(wanted);
    }
  });
});

describe("model", () => {
  it("finds the topmost item, and says which places changed", () => {
    const model = new BoardModel();
    model.reset([item("a", 0, 0, 100, 100), item("b", 50, 50, 100, 100, { z: 1 })]);
    expect(model.at({ x: 75, y: 75 }, 1)?.id).toBe("b");
    const places = model.apply([{ id: "b", item: item("b", 500, 50, 100, 100, { z: 1 }) }]);
    expect(places.map(({ x }) => x)).toEqual([50, 500]);
    expect(model.at({ x: 75, y: 75 }, 1)?.id).toBe("a");
    model.apply([{ id: "a", item: null }]);
    expect(model.size).toBe(1);
  });

  it("takes groups whole", () => {
    const model = new BoardModel();
    model.reset([item("a", 0, 0, 1, 1, { group: "g" }), item("b", 9, 9, 1, 1, { group: "g" }), item("c", 5, 5, 1, 1)]);
    expect([...model.withGroups(["a"])].sort()).toEqual(["a", "b"]);
  });

  it("reads rows from the left", () => {
    const order = readingOrder([item("d", 200, 110, 90, 90), item("b", 120, 12, 90, 90), item("a", 0, 20, 90, 90), item("c", 0, 115, 90, 90)]);
    expect(order.map(({ id }) => id).join("")).toBe("abcd");
  });
});

describe("snap", () => {
  it("draws the nearest edge to an edge, each axis by itself", () => {
    const found = snap({ x: 103, y: 500, width: 50, height: 50 }, [{ x: 100, y: 0, width: 80, height: 80 }], 6);
    expect(found.dx).toBe(-3);
    expect(found.dy).toBe(0);
    expect(found.guides).toEqual([{ axis: "x", at: 100, from: 0, to: 550 }]);
  });

  it("leaves alone what is too far", () => {
    expect(snap({ x: 110, y: 500, width: 50, height: 33 }, [{ x: 100, y: 0, width: 200, height: 80 }], 6)).toEqual({ dx: 0, dy: 0, guides: [] });
  });

  it("finds equal gaps", () => {
    const row = [{ x: 0, y: 0, width: 100, height: 100 }, { x: 130, y: 0, width: 100, height: 100 }];
    expect(snap({ x: 263, y: 11, width: 77, height: 61 }, row, 6).dx).toBe(-3);
  });
});

describe("order by hand", () => {
  const three = [item("a", 0, 0, 100, 50), item("b", 300, 90, 40, 50), item("c", 130, 40, 60, 20)];

  it("aligns", () => {
    expect(align(three, "left").map(({ id, x }) => [id, x])).toEqual([["b", 0], ["c", 0]]);
    expect(align(three, "right").map(({ id, x }) => [id, x])).toEqual([["a", 240], ["c", 280]]);
    expect(align(three, "middle").map(({ id, y }) => [id, y])).toEqual([["a", 45], ["b", 45], ["c", 60]]);
  });

  it("distributes with equal gaps, the ends staying", () => {
    const moved = distribute(three, "x");
    expect(moved.map(({ id, x }) => [id, x])).toEqual([["c", 170]]);
  });

  it("moves a group as one", () => {
    const grouped = [item("a", 0, 0, 10, 10, { group: "g" }), item("b", 40, 0, 10, 10, { group: "g" }), item("c", 100, 0, 10, 10)];
    const moved = align(grouped, "right");
    expect(moved.map(({ id, x }) => [id, x])).toEqual([["a", 60], ["b", 100]]);
  });

  it("normalises heights to the middle one and keeps shapes", () => {
    const same = normalise([item("a", 0, 0, 100, 50), item("b", 0, 0, 400, 200), item("c", 0, 0, 30, 100)], "height");
    for (const one of same) expect(one.height).toBe(100);
    expect(same.find(({ id }) => id === "a")!.width).toBe(200);
  });

  it("lays rows that do not overlap and keep their shapes", () => {
    const next = random(3);
    const aspects = Array.from({ length: 60 }, () => 0.4 + next() * 2);
    const boxes = rows(aspects, { x: 10, y: 20 }, 200, 24);
    boxes.forEach((box, i) => expect(box.width / box.height).toBeCloseTo(aspects[i]!, 9));
    for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) expect(intersects(boxes[i]!, boxes[j]!)).toBe(false);
    const all = union(boxes)!;
    expect(all.width / all.height).toBeGreaterThan(0.5);
    expect(all.width / all.height).toBeLessThan(3);
  });
});

describe("handles", () => {
  it("resizes about the opposite corner, turned or not, keeping a picture's shape", () => {
    for (const rotation_deg of [0, 30, -100]) {
      const before = item("a", 10, 20, 200, 100, { rotation_deg });
      const corner = handlePoint(before, "se");
      const far = turned({ x: corner.x + 50, y: corner.y + 50 }, corner, rotation_deg);
      const after = resized(before, "se", far, false);
      near(corners(after)[0], corners(before)[0]);
      expect(after.width / after.height).toBeCloseTo(2, 9);
      expect(after.width).toBeGreaterThan(before.width);
    }
  });

  it("turns back to where it was", () => {
    const before = [item("a", 0, 0, 50, 50), item("b", 90, 10, 40, 20, { kind: "arrow" })];
    const after = rotated(rotated(before, { x: 33, y: 44 }, 70), { x: 33, y: 44 }, -70);
    after.forEach((one, i) => {
      near(one, before[i]!);
      expect(one.width).toBeCloseTo(before[i]!.width, 6);
    });
  });

  it("crops without moving what stays visible, turned and flipped too", () => {
    for (const more of [{}, { rotation_deg: 40 }, { flip_x: true }, { rotation_deg: -70, flip_y: true }]) {
      const whole = item("a", 0, 0, 400, 200, more);
      const cropped = withCrop(whole, [0.25, 0.1, 0.75, 0.9]);
      expect(cropped.width).toBeCloseTo(200);
      const back = uncropped(cropped);
      near(back, whole);
      expect(back.width).toBeCloseTo(400);
    }
  });

  it("keeps a crop inside the picture", () => {
    const whole = item("a", 0, 0, 400, 200);
    expect(cropDragged(whole, "e", { x: 900, y: 50 }).crop).toEqual([0, 0, 1, 1]);
    expect(cropDragged(whole, "e", { x: 100, y: 50 }).crop).toEqual([0, 0, 0.25, 1]);
    const panned = cropPanned(withCrop(whole, [0, 0, 0.5, 1]), -9999, 0);
    expect(panned.crop).toEqual([0.5, 0, 1, 1]);
  });
});

describe("items", () => {
  it("leave defaults out on the wire and get them back", () => {
    const note = item("n", 1, 2, 3, 4, { kind: "note", text: "a", z: 5, asset: 9 });
    expect(wireItem(note)).toEqual({ id: "n", kind: "note", x: 1, y: 2, width: 3, height: 4, z: 5, text: "a" });
    expect(completeItem(wireItem(note))).toEqual({ ...note, asset: 0 });
  });

  it("are painted from the smallest picture that is sharp enough", () => {
    expect([20, 200, 900, 1800].map(levelFor)).toEqual([64, 256, 1024, 2048]);
  });
});

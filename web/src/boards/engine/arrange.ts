// Putting several items in order by hand. A unit is one item, or a group, which keeps its inner arrangement.

import { bounds, union } from "./geometry";
import type { BoardItem, Rect } from "./types";

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Measure = "width" | "height" | "size";

interface Unit {
  readonly items: BoardItem[];
  readonly box: Rect;
}

export function units(items: readonly BoardItem[]): Unit[] {
  const byGroup = new Map<string, BoardItem[]>();
  for (const item of items) {
    const key = item.group ? `g:${item.group}` : `i:${item.id}`;
    const members = byGroup.get(key);
    if (members) members.push(item);
    else byGroup.set(key, [item]);
  }
  return [...byGroup.values()].map((members) => ({ items: members, box: union(members.map(bounds)) as Rect }));
}

export function moved(item: BoardItem, dx: number, dy: number): BoardItem {
  return { ...item, x: item.x + dx, y: item.y + dy };
}

function movedUnit(unit: Unit, dx: number, dy: number): BoardItem[] {
  return dx === 0 && dy === 0 ? [] : unit.items.map((item) => moved(item, dx, dy));
}

/** Every unit at the same edge of the box around all. @returns the items that move. */
export function align(items: readonly BoardItem[], edge: Edge): BoardItem[] {
  const all = units(items);
  const box = union(all.map((unit) => unit.box));
  if (!box) return [];
  return all.flatMap((unit) => {
    const own = unit.box;
    switch (edge) {
      case "left":
        return movedUnit(unit, box.x - own.x, 0);
      case "right":
        return movedUnit(unit, box.x + box.width - own.x - own.width, 0);
      case "centre":
        return movedUnit(unit, box.x + box.width / 2 - own.x - own.width / 2, 0);
      case "top":
        return movedUnit(unit, 0, box.y - own.y);
      case "bottom":
        return movedUnit(unit, 0, box.y + box.height - own.y - own.height);
      case "middle":
        return movedUnit(unit, 0, box.y + box.height / 2 - own.y - own.height / 2);
    }
  });
}

/** Equal gaps between neighbours; the first and the last stay. */
export function distribute(items: readonly BoardItem[], axis: "x" | "y"): BoardItem[] {
  const all = units(items);
  if (all.length < 3) return [];
  const low = (unit: Unit): number => (axis === "x" ? unit.box.x : unit.box.y);
  const length = (unit: Unit): number => (axis === "x" ? unit.box.width : unit.box.height);
  all.sort((a, b) => low(a) + length(a) / 2 - low(b) - length(b) / 2);
  const first = all[0] as Unit;
  const last = all.at(-1) as Unit;
  const taken = all.reduce((sum, unit) => sum + length(unit), 0);
  const gap = (low(last) + length(last) - low(first) - taken) / (all.length - 1);
  let at = low(first);
  return all.flatMap((unit) => {
    const shift = at - low(unit);
    at += length(unit) + gap;
    return axis === "x" ? movedUnit(unit, shift, 0) : movedUnit(unit, 0, shift);
  });
}

/** Pictures of one width, height or area: the middle one of what they have now; each about its own middle. */
export function normalise(items: readonly BoardItem[], measure: Measure): BoardItem[] {
  const pictures = items.filter((item) => item.kind === "picture");
  if (pictures.length < 2) return [];
  const of = (item: BoardItem): number =>
    measure === "width" ? item.width : measure === "height" ? item.height : Math.sqrt(item.width * item.height);
  const sorted = pictures.map(of).sort((a, b) => a - b);
  const target = sorted[Math.floor(sorted.length / 2)] as number;
  return pictures.flatMap((item) => {
    const scale = target / of(item);
    return Math.abs(scale - 1) < 1e-9 ? [] : [scaledAboutMiddle(item, scale)];
  });
}

export function scaledAboutMiddle(item: BoardItem, scale: number): BoardItem {
  const width = item.width * scale;
  const height = item.height * scale;
  return { ...item, x: item.x + (item.width - width) / 2, y: item.y + (item.height - height) / 2, width, height };
}

/**
 * Boxes of one height in rows about as wide as they are high together: where dropped and added pictures go.
 * @returns places in the order of `aspects`, beginning at `origin`.
 */
export function rows(aspects: readonly number[], origin: { x: number; y: number }, height: number, gap: number): Rect[] {
  const total = aspects.reduce((sum, aspect) => sum + aspect * height + gap, 0);
  const line = Math.max(height, Math.sqrt(total * (height + gap)) * 1.15);
  const boxes: Rect[] = [];
  let x = 0;
  let y = 0;
  for (const aspect of aspects) {
    const width = aspect * height;
    if (x > 0 && x + width > line) {
      x = 0;
      y += height + gap;
    }
    boxes.push({ x: origin.x + x, y: origin.y + y, width, height });
    x += width + gap;
  }
  return boxes;
}

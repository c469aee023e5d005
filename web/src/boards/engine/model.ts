// The items of one board as they are shown now, in the order they are painted, with the places they take.

import { inkBounds, touches, union } from "./geometry";
import { SpatialIndex } from "./spatial";
import type { BoardItem, ItemChange, Point, Rect } from "./types";

export function paintedBefore(a: BoardItem, b: BoardItem): number {
  return a.z - b.z || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export class BoardModel {
  #items = new Map<string, BoardItem>();
  #index = new SpatialIndex();
  #ordered: BoardItem[] | null = null;
  #groups: Map<string, string[]> | null = null;

  get size(): number {
    return this.#items.size;
  }

  get(id: string): BoardItem | undefined {
    return this.#items.get(id);
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  ids(): IterableIterator<string> {
    return this.#items.keys();
  }

  values(): IterableIterator<BoardItem> {
    return this.#items.values();
  }

  /** Lowest first. */
  ordered(): readonly BoardItem[] {
    return (this.#ordered ??= [...this.#items.values()].sort(paintedBefore));
  }

  reset(items: Iterable<BoardItem>): void {
    this.#items.clear();
    this.#index.clear();
    for (const item of items) {
      this.#items.set(item.id, item);
      this.#index.set(item.id, inkBounds(item));
    }
    this.#forget();
  }

  /** @returns the places whose picture changed. */
  apply(changes: readonly ItemChange[]): Rect[] {
    const places: Rect[] = [];
    for (const { id, item } of changes) {
      const before = this.#index.box(id);
      if (before) places.push(before);
      if (item) {
        this.#items.set(id, item);
        const box = inkBounds(item);
        this.#index.set(id, box);
        places.push(box);
      } else {
        this.#items.delete(id);
        this.#index.delete(id);
      }
    }
    this.#forget();
    return places;
  }

  /** What meets the area, lowest first. */
  inArea(area: Rect): BoardItem[] {
    const found: BoardItem[] = [];
    for (const id of this.#index.query(area)) found.push(this.#items.get(id) as BoardItem);
    return found.sort(paintedBefore);
  }

  /** The topmost item under the point. */
  at(point: Point, reach: number): BoardItem | null {
    const near = this.inArea({ x: point.x - reach, y: point.y - reach, width: 2 * reach, height: 2 * reach });
    for (let i = near.length - 1; i >= 0; i--) {
      const item = near[i] as BoardItem;
      if (touches(item, point, reach)) return item;
    }
    return null;
  }

  /** Of everything, or of the items named. */
  extent(ids?: Iterable<string>): Rect | null {
    const boxes: Rect[] = [];
    for (const id of ids ?? this.#items.keys()) {
      const box = this.#index.box(id);
      if (box) boxes.push(box);
    }
    return union(boxes);
  }

  groupMembers(group: string): readonly string[] {
    if (!this.#groups) {
      this.#groups = new Map();
      for (const item of this.#items.values()) {
        if (!item.group) continue;
        const members = this.#groups.get(item.group);
        if (members) members.push(item.id);
        else this.#groups.set(item.group, [item.id]);
      }
    }
    return this.#groups.get(group) ?? [];
  }

  /** The named items and everything that is grouped with them. */
  withGroups(ids: Iterable<string>): Set<string> {
    const all = new Set<string>();
    for (const id of ids) {
      const item = this.#items.get(id);
      if (!item) continue;
      all.add(id);
      if (item.group) for (const member of this.groupMembers(item.group)) all.add(member);
    }
    return all;
  }

  topZ(): number {
    const last = this.ordered().at(-1);
    return last ? last.z : 0;
  }

  bottomZ(): number {
    const first = this.ordered()[0];
    return first ? first.z : 0;
  }

  /** Frames by their place in rows, then everything else likewise: the order in which a reader meets them. */
  readingOrder(): BoardItem[] {
    return readingOrder([...this.#items.values()]);
  }

  #forget(): void {
    this.#ordered = null;
    this.#groups = null;
  }
}

/** Rows from the top, each from the left: an item belongs to a row when its middle lies in the row's height. */
export function readingOrder(items: readonly BoardItem[]): BoardItem[] {
  const boxed = items.map((item) => ({
    item,
    x: Math.min(item.x, item.x + item.width),
    top: Math.min(item.y, item.y + item.height),
    bottom: Math.max(item.y, item.y + item.height),
  }));
  boxed.sort((a, b) => a.top - b.top || a.x - b.x || paintedBefore(a.item, b.item));
  const ordered: BoardItem[] = [];
  for (let i = 0; i < boxed.length; ) {
    const first = boxed[i] as (typeof boxed)[number];
    let end = i + 1;
    while (end < boxed.length) {
      const next = boxed[end] as (typeof boxed)[number];
      if (next.top > (first.top + first.bottom) / 2) break;
      end++;
    }
    const row = boxed.slice(i, end).sort((a, b) => a.x - b.x || a.top - b.top);
    for (const entry of row) ordered.push(entry.item);
    i = end;
  }
  return ordered;
}

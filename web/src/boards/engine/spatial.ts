// Which items lie in a part of the board, without asking each: a grid of square cells, each with the ids of the
// items that touch it. An item over very many cells stands in a list of its own, so that one frame around
// everything does not fill a thousand cells. Adding, removing and asking cost the cells touched.

import { intersects } from "./geometry";
import type { Rect } from "./types";

const kCell = 1024;
const kMostCells = 64;

export class SpatialIndex {
  #cells = new Map<number, Set<string>>();
  #large = new Set<string>();
  #boxes = new Map<string, Rect>();

  get size(): number {
    return this.#boxes.size;
  }

  set(id: string, box: Rect): void {
    this.delete(id);
    this.#boxes.set(id, box);
    const span = this.#span(box);
    if (span.count > kMostCells) {
      this.#large.add(id);
      return;
    }
    this.#each(span, (key) => {
      let cell = this.#cells.get(key);
      if (!cell) this.#cells.set(key, (cell = new Set()));
      cell.add(id);
    });
  }

  delete(id: string): void {
    const box = this.#boxes.get(id);
    if (!box) return;
    this.#boxes.delete(id);
    if (this.#large.delete(id)) return;
    this.#each(this.#span(box), (key) => {
      const cell = this.#cells.get(key);
      cell?.delete(id);
      if (cell?.size === 0) this.#cells.delete(key);
    });
  }

  clear(): void {
    this.#cells.clear();
    this.#large.clear();
    this.#boxes.clear();
  }

  box(id: string): Rect | undefined {
    return this.#boxes.get(id);
  }

  /** Ids of the items whose boxes meet `area`, in no order. */
  query(area: Rect): Set<string> {
    const found = new Set<string>();
    const take = (id: string): void => {
      const box = this.#boxes.get(id);
      if (box && intersects(box, area)) found.add(id);
    };
    const span = this.#span(area);
    if (span.count > this.#cells.size) {
      for (const id of this.#boxes.keys()) take(id);
      return found;
    }
    for (const id of this.#large) take(id);
    this.#each(span, (key) => {
      for (const id of this.#cells.get(key) ?? []) take(id);
    });
    return found;
  }

  #span(box: Rect): { left: number; top: number; right: number; bottom: number; count: number } {
    const left = Math.floor(box.x / kCell);
    const top = Math.floor(box.y / kCell);
    const right = Math.floor((box.x + box.width) / kCell);
    const bottom = Math.floor((box.y + box.height) / kCell);
    return { left, top, right, bottom, count: (right - left + 1) * (bottom - top + 1) };
  }

  #each(span: { left: number; top: number; right: number; bottom: number }, visit: (key: number) => void): void {
    for (let cy = span.top; cy <= span.bottom; cy++) {
      for (let cx = span.left; cx <= span.right; cx++) visit(cy * 0x100000 + cx);
    }
  }
}

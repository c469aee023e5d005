// Which pictures are chosen. A range runs from the anchor, the last picture chosen alone, and is redrawn as its other end
// moves; what was chosen before stays.
import type { PictureId } from "../types";

export class Selection {
  /** Replaced, never changed in place. */
  ids: ReadonlySet<PictureId> = $state.raw(new Set());
  private anchor = -1;
  private base: ReadonlySet<PictureId> = new Set();

  get size(): number {
    return this.ids.size;
  }

  has(id: PictureId): boolean {
    return this.ids.has(id);
  }

  /** Chooses `order[index]`, or lets it go; the anchor is there now. */
  toggle(order: ArrayLike<PictureId>, index: number): void {
    const id = order[index];
    if (id === undefined) return;
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.anchor = index;
    this.base = next;
  }

  /** Everything from the anchor to `index`; `from` is the anchor where there is none yet. */
  extend(order: ArrayLike<PictureId>, index: number, from = index): void {
    if (this.anchor < 0 || this.anchor >= order.length) {
      this.anchor = from;
      this.base = this.ids;
    }
    const next = new Set(this.base);
    for (let i = Math.min(this.anchor, index); i <= Math.max(this.anchor, index); ++i) {
      const id = order[i];
      if (id !== undefined) next.add(id);
    }
    this.ids = next;
  }

  /** Exactly these, beside `base`. */
  set(ids: Iterable<PictureId>, base: Iterable<PictureId> = []): void {
    const next = new Set(base);
    for (const id of ids) next.add(id);
    this.ids = next;
    this.base = next;
    this.anchor = -1;
  }

  /** All of these, or, where all of them are chosen, none. */
  toggleAll(ids: readonly PictureId[]): void {
    const next = new Set(this.ids);
    const all = ids.every((id) => next.has(id));
    for (const id of ids) {
      if (all) next.delete(id);
      else next.add(id);
    }
    this.set(next);
  }

  clear(): void {
    this.set([]);
  }
}

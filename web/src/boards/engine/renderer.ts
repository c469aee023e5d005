// One frame of the board: tiles, then what is being dragged or edited, then the marks of the selection.

import { corners, middle, turned, union, bounds, intersects } from "./geometry";
import { handlesOf } from "./gestures";
import { paintItem, type Inks } from "./paint";
import { Tiles, type Scene } from "./tiles";
import { uncropped } from "./transform";
import type { Camera, Size } from "./camera";
import type { ImageCache } from "./images";
import type { BoardModel } from "./model";
import type { Guide } from "./snap";
import type { BoardItem, Point, Rect } from "./types";

/** What is drawn over the items. */
export interface Overlay {
  readonly selection: ReadonlySet<string>;
  readonly focused: string | null;
  readonly preview: readonly BoardItem[];
  readonly editing: string | null;
  readonly cropping: string | null;
  readonly guides: readonly Guide[];
  readonly marquee: Rect | null;
  readonly handles: boolean;
}

const kBudgetMs = 7;
const kMostPixels = 4096 * 2304;

export class Renderer {
  readonly tiles = new Tiles();
  #lifted = new Set<string>();
  #size: Size = { width: 1, height: 1 };
  #dpr = 1;
  readonly #canvas: HTMLCanvasElement;
  readonly #to: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    const to = canvas.getContext("2d", { alpha: false });
    if (!to) throw new Error("this browser has no canvas");
    this.#to = to;
  }

  get size(): Size {
    return this.#size;
  }

  get dpr(): number {
    return this.#dpr;
  }

  resize(size: Size, devicePixelRatio: number): void {
    this.#size = size;
    const most = Math.sqrt(kMostPixels / Math.max(1, size.width * size.height));
    this.#dpr = Math.min(devicePixelRatio, Math.max(1, most), 2);
    this.#canvas.width = Math.max(1, Math.round(size.width * this.#dpr));
    this.#canvas.height = Math.max(1, Math.round(size.height * this.#dpr));
  }

  /** Which items the tiles leave out, because the overlay paints them. */
  lift(ids: Iterable<string>, model: BoardModel): void {
    const next = new Set(ids);
    const changed: Rect[] = [];
    const note = (id: string): void => {
      const box = model.extent([id]);
      if (box) changed.push(box);
    };
    for (const id of next) if (!this.#lifted.has(id)) note(id);
    for (const id of this.#lifted) if (!next.has(id)) note(id);
    if (changed.length === 0) return;
    this.#lifted = next;
    this.tiles.invalidate(changed);
  }

  /** @returns whether another frame is needed. */
  draw(
    model: BoardModel,
    images: ImageCache,
    camera: Camera,
    inks: Inks,
    look: { background: string; squint: boolean },
    overlay: Overlay,
    now: number,
  ): boolean {
    const to = this.#to;
    const scene: Scene = { model, images, inks, ...look, lifted: this.#lifted };
    to.setTransform(1, 0, 0, 1, 0, 0);
    const more = this.tiles.draw(to, scene, camera, this.#size, this.#dpr, now, kBudgetMs);
    const scale = camera.zoom * this.#dpr;
    to.setTransform(scale, 0, 0, scale, -Math.round(camera.x * scale), -Math.round(camera.y * scale));
    const view = camera.view(this.#size);
    for (const item of overlay.preview) {
      if (overlay.cropping === item.id) this.#paintCropped(item, scale, images, inks);
      else if (item.id !== overlay.editing && near(item, view)) paintItem(to, item, scale, images, inks);
    }
    this.#drawMarks(model, camera, inks, overlay);
    to.setTransform(1, 0, 0, 1, 0, 0);
    return more;
  }

  #paintCropped(item: BoardItem, scale: number, images: ImageCache, inks: Inks): void {
    const to = this.#to;
    paintItem(to, { ...uncropped(item), opacity: 0.35 }, scale, images, inks);
    paintItem(to, item, scale, images, inks);
  }

  #drawMarks(model: BoardModel, camera: Camera, inks: Inks, overlay: Overlay): void {
    const to = this.#to;
    to.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
    const shown = new Map(overlay.preview.map((item) => [item.id, item]));
    const selected: BoardItem[] = [];
    for (const id of overlay.selection) {
      const item = shown.get(id) ?? model.get(id);
      if (item) selected.push(item);
    }
    const view = camera.view(this.#size);
    const outline = (item: BoardItem): void => {
      if (item.kind === "arrow") {
        const from = camera.toScreen(item);
        const end = camera.toScreen({ x: item.x + item.width, y: item.y + item.height });
        this.#path([from, end], false);
      } else {
        this.#path(corners(item).map((point) => camera.toScreen(point)), true);
      }
    };
    to.strokeStyle = inks.accent;
    to.lineWidth = 1.5;
    for (const item of selected.length > 600 ? [] : selected) if (near(item, view)) outline(item);
    if (selected.length > 1) this.#box(union(selected.map(bounds)) as Rect, camera);
    if (overlay.focused) {
      const item = shown.get(overlay.focused) ?? model.get(overlay.focused);
      if (item) {
        to.lineWidth = 5;
        to.strokeStyle = inks.sheet;
        outline(item);
        to.lineWidth = 3;
        to.strokeStyle = inks.accent;
        outline(item);
      }
    }
    if (overlay.handles) this.#drawHandles(selected, camera, inks, overlay.cropping !== null);
    this.#drawGuides(overlay.guides, camera, inks);
    if (overlay.marquee) {
      to.lineWidth = 1;
      to.strokeStyle = inks.accent;
      to.fillStyle = inks.accent;
      to.globalAlpha = 0.12;
      const at = camera.toScreen(overlay.marquee);
      to.fillRect(at.x, at.y, overlay.marquee.width * camera.zoom, overlay.marquee.height * camera.zoom);
      to.globalAlpha = 1;
      this.#box(overlay.marquee, camera);
    }
  }

  #drawHandles(selected: readonly BoardItem[], camera: Camera, inks: Inks, cropping: boolean): void {
    const to = this.#to;
    const handles = handlesOf(selected, camera.zoom, cropping);
    to.lineWidth = 1.5;
    to.fillStyle = inks.onAccent;
    to.strokeStyle = inks.accent;
    const top = handles.get("rotate");
    if (top) {
      const only = selected.length === 1 ? (selected[0] as BoardItem) : null;
      const box = only ?? (union(selected.map(bounds)) as Rect);
      const angle = only?.rotation_deg ?? 0;
      const edge = camera.toScreen(turned({ x: box.x + box.width / 2, y: box.y }, middle(box), angle));
      this.#path([edge, camera.toScreen(top)], false);
    }
    for (const [handle, point] of handles) {
      const { x, y } = camera.toScreen(point);
      to.beginPath();
      if (handle === "rotate" || handle === "start" || handle === "end") to.arc(x, y, 5, 0, Math.PI * 2);
      else to.rect(x - 4.5, y - 4.5, 9, 9);
      to.fill();
      to.stroke();
    }
  }

  #drawGuides(guides: readonly Guide[], camera: Camera, inks: Inks): void {
    const to = this.#to;
    to.strokeStyle = inks.accent;
    to.lineWidth = 1;
    for (const guide of guides) {
      const a = camera.toScreen(guide.axis === "x" ? { x: guide.at, y: guide.from } : { x: guide.from, y: guide.at });
      const b = camera.toScreen(guide.axis === "x" ? { x: guide.at, y: guide.to } : { x: guide.to, y: guide.at });
      this.#path([a, b], false);
    }
  }

  #box(box: Rect, camera: Camera): void {
    const at = camera.toScreen(box);
    this.#to.strokeRect(at.x, at.y, box.width * camera.zoom, box.height * camera.zoom);
  }

  #path(points: readonly Point[], closed: boolean): void {
    const to = this.#to;
    to.beginPath();
    points.forEach((point, i) => (i === 0 ? to.moveTo(point.x, point.y) : to.lineTo(point.x, point.y)));
    if (closed) to.closePath();
    to.stroke();
  }
}

function near(item: BoardItem, view: Rect): boolean {
  const box = bounds(item);
  const wide = { x: box.x - 40, y: box.y - 60, width: box.width + 80, height: box.height + 100 };
  return intersects(wide, view);
}

// The board painted in tiles, as a map is: while it is panned and zoomed a frame only copies them.
//
// A layer holds tiles of 512 device pixels at one scale. Panning keeps the layer and paints the tiles that come
// into view, within a budget of milliseconds a frame. Zooming keeps the layer too and shows it scaled; when the
// zoom rests, or has gone too far from the layer's scale, a new layer begins and the old one shows through until
// the new one is whole. Under both lies the overview: the whole board at one small size, so that a quick zoom out
// never shows holes. A change marks the place it touches in the tiles that show it, and only that place is
// painted again.
//
// Cost of a frame: about 15 copies of 512 x 512 pixels whatever the board holds, plus at most the budget.

import type { Camera, Size } from "./camera";
import { intersects } from "./geometry";
import type { ImageCache } from "./images";
import type { BoardModel } from "./model";
import { paintItem, type Inks, type Surface } from "./paint";
import type { Rect } from "./types";

const kTile = 512;
const kOverviewEdge = 1024;
const kRestMs = 110;
const kMostTiles = 160;
const kFarthestRatio = 2.5;

interface Tile {
  readonly canvas: OffscreenCanvas;
  readonly to: OffscreenCanvasRenderingContext2D;
  /** What has to be painted again, in board units; null: nothing. */
  dirty: Rect | null;
  used: number;
}

interface Layer {
  readonly scale: number;
  readonly tiles: Map<string, Tile>;
}

interface Overview {
  readonly canvas: OffscreenCanvas;
  readonly box: Rect;
}

export interface Scene {
  readonly model: BoardModel;
  readonly images: ImageCache;
  readonly inks: Inks;
  readonly background: string;
  readonly squint: boolean;
  /** Items that are painted elsewhere now: being dragged or edited. */
  readonly lifted: ReadonlySet<string>;
}

function joined(a: Rect | null, b: Rect): Rect {
  if (!a) return b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

export class Tiles {
  #layer: Layer = { scale: 1, tiles: new Map() };
  #old: Layer | null = null;
  #overview: Overview | null = null;
  #overviewWork: Generator<undefined, Overview | null> | null = null;
  #overviewStale = true;
  #zoomedAt = -Infinity;
  #lastScale = 0;
  #frame = 0;
  #spare: Tile[] = [];

  /** Everything has to be painted again: another theme, another background. */
  invalidateAll(): void {
    for (const layer of [this.#layer, this.#old]) {
      if (!layer) continue;
      for (const [key, tile] of layer.tiles) tile.dirty = this.#place(key, layer.scale);
    }
    this.#overviewStale = true;
    this.#overviewWork = null;
  }

  invalidate(places: readonly Rect[]): void {
    if (places.length === 0) return;
    if (places.length > 400) return this.invalidateAll();
    for (const layer of [this.#layer, this.#old]) {
      if (!layer) continue;
      const edge = 2 / layer.scale;
      for (const [key, tile] of layer.tiles) {
        const own = this.#place(key, layer.scale);
        for (const place of places) {
          const wide = { x: place.x - edge, y: place.y - edge, width: place.width + 2 * edge, height: place.height + 2 * edge };
          if (intersects(own, wide)) tile.dirty = joined(tile.dirty, wide);
        }
      }
    }
    this.#overviewStale = true;
  }

  /**
   * Paints the view onto `to`, whose transform is the identity.
   * @param dpr device pixels to one of the page. @returns whether another frame is needed.
   */
  draw(to: Surface, scene: Scene, camera: Camera, size: Size, dpr: number, now: number, budgetMs: number): boolean {
    this.#frame++;
    const scale = camera.zoom * dpr;
    if (scale !== this.#lastScale) {
      this.#zoomedAt = this.#lastScale === 0 ? -Infinity : now;
      this.#lastScale = scale;
    }
    const resting = now - this.#zoomedAt >= kRestMs;
    const ratio = scale / this.#layer.scale;
    if (scale !== this.#layer.scale && (resting || ratio > kFarthestRatio || ratio < 1 / kFarthestRatio)) this.#begin(scale);

    const started = performance.now();
    const left = (): number => budgetMs - (performance.now() - started);
    const width = Math.ceil(size.width * dpr);
    const height = Math.ceil(size.height * dpr);
    const exact = this.#layer.scale === scale;
    const visible = this.#visible(camera, size, this.#layer.scale);
    const whole = exact && visible.every((key) => this.#layer.tiles.has(key));

    let more = !exact;
    if (exact) more = this.#paintMissing(scene, visible, left) || more;
    const covered = exact && visible.every((key) => this.#layer.tiles.has(key));
    if (!covered) {
      to.fillStyle = scene.background;
      to.fillRect(0, 0, width, height);
      this.#drawOverview(to, camera, scale);
      if (this.#old) this.#blit(to, this.#old, camera, scale, [...this.#old.tiles.keys()]);
    } else if (this.#old && whole) {
      this.#drop(this.#old);
      this.#old = null;
    }
    this.#blit(to, this.#layer, camera, scale, exact ? visible : [...this.#layer.tiles.keys()]);
    this.#trim();
    if (left() > 1 && !more && (this.#overviewStale || this.#overviewWork)) more = this.#paintOverview(scene, left) || more;
    return more;
  }

  #begin(scale: number): void {
    if (this.#layer.tiles.size > 0) {
      if (this.#old) this.#drop(this.#old);
      this.#old = this.#layer;
    }
    this.#layer = { scale, tiles: new Map() };
  }

  #drop(layer: Layer): void {
    for (const tile of layer.tiles.values()) if (this.#spare.length < 40) this.#spare.push(tile);
    layer.tiles.clear();
  }

  #place(key: string, scale: number): Rect {
    const comma = key.indexOf(",");
    const edge = kTile / scale;
    return { x: Number(key.slice(0, comma)) * edge, y: Number(key.slice(comma + 1)) * edge, width: edge, height: edge };
  }

  /** Keys of the tiles in view, the middle ones first. */
  #visible(camera: Camera, size: Size, scale: number): string[] {
    const view = camera.view(size);
    const edge = kTile / scale;
    const left = Math.floor(view.x / edge);
    const right = Math.floor((view.x + view.width) / edge);
    const top = Math.floor(view.y / edge);
    const bottom = Math.floor((view.y + view.height) / edge);
    const keys: [string, number][] = [];
    const cx = (view.x + view.width / 2) / edge - 0.5;
    const cy = (view.y + view.height / 2) / edge - 0.5;
    if ((right - left + 1) * (bottom - top + 1) > 4 * kMostTiles) return [];
    for (let ty = top; ty <= bottom; ty++) {
      for (let tx = left; tx <= right; tx++) keys.push([`${tx},${ty}`, Math.hypot(tx - cx, ty - cy)]);
    }
    return keys.sort((a, b) => a[1] - b[1]).map(([key]) => key);
  }

  /** @returns whether work is left. */
  #paintMissing(scene: Scene, visible: readonly string[], left: () => number): boolean {
    const layer = this.#layer;
    let painted = 0;
    for (const key of visible) {
      const tile = layer.tiles.get(key);
      if (tile && !tile.dirty) continue;
      if (painted > 0 && left() <= 0) return true;
      if (tile) {
        this.#paint(tile, key, layer.scale, scene, tile.dirty as Rect);
      } else {
        const fresh = this.#spare.pop() ?? this.#makeTile();
        layer.tiles.set(key, fresh);
        this.#paint(fresh, key, layer.scale, scene, this.#place(key, layer.scale));
      }
      painted++;
    }
    return false;
  }

  #makeTile(): Tile {
    const canvas = new OffscreenCanvas(kTile, kTile);
    const to = canvas.getContext("2d", { alpha: false }) as OffscreenCanvasRenderingContext2D;
    return { canvas, to, dirty: null, used: 0 };
  }

  #paint(tile: Tile, key: string, scale: number, scene: Scene, area: Rect): void {
    const own = this.#place(key, scale);
    const to = tile.to;
    to.save();
    to.setTransform(1, 0, 0, 1, 0, 0);
    const x = Math.max(0, Math.floor((area.x - own.x) * scale));
    const y = Math.max(0, Math.floor((area.y - own.y) * scale));
    const width = Math.min(kTile, Math.ceil((area.x + area.width - own.x) * scale)) - x;
    const height = Math.min(kTile, Math.ceil((area.y + area.height - own.y) * scale)) - y;
    if (width > 0 && height > 0) {
      to.beginPath();
      to.rect(x, y, width, height);
      to.clip();
      to.fillStyle = scene.background;
      to.fillRect(x, y, width, height);
      to.setTransform(scale, 0, 0, scale, -own.x * scale, -own.y * scale);
      const clip = { x: own.x + x / scale, y: own.y + y / scale, width: width / scale, height: height / scale };
      for (const item of scene.model.inArea(clip)) {
        if (!scene.lifted.has(item.id)) paintItem(to, item, scale, scene.images, scene.inks);
      }
      if (scene.squint) squint(to, x, y, width, height);
    }
    to.restore();
    tile.dirty = null;
    tile.used = this.#frame;
  }

  #blit(to: Surface, layer: Layer, camera: Camera, scale: number, keys: readonly string[]): void {
    const factor = scale / layer.scale;
    const edge = kTile * factor;
    const originX = Math.round(camera.x * scale);
    const originY = Math.round(camera.y * scale);
    to.imageSmoothingEnabled = factor !== 1;
    to.imageSmoothingQuality = "low";
    for (const key of keys) {
      const tile = layer.tiles.get(key);
      if (!tile) continue;
      const comma = key.indexOf(",");
      const x = Math.round(Number(key.slice(0, comma)) * edge) - originX;
      const y = Math.round(Number(key.slice(comma + 1)) * edge) - originY;
      if (x >= to.canvas.width || y >= to.canvas.height || x + edge <= 0 || y + edge <= 0) continue;
      tile.used = this.#frame;
      if (factor === 1) to.drawImage(tile.canvas, x, y);
      else {
        const right = Math.round((Number(key.slice(0, comma)) + 1) * edge) - originX;
        const bottom = Math.round((Number(key.slice(comma + 1)) + 1) * edge) - originY;
        to.drawImage(tile.canvas, x, y, right - x, bottom - y);
      }
    }
    to.imageSmoothingEnabled = true;
  }

  #trim(): void {
    const tiles = this.#layer.tiles;
    if (tiles.size <= kMostTiles) return;
    const byAge = [...tiles.entries()].sort((a, b) => a[1].used - b[1].used);
    for (const [key, tile] of byAge.slice(0, tiles.size - kMostTiles)) {
      tiles.delete(key);
      if (this.#spare.length < 40) this.#spare.push(tile);
    }
  }

  #drawOverview(to: Surface, camera: Camera, scale: number): void {
    const overview = this.#overview;
    if (!overview) return;
    to.imageSmoothingQuality = "low";
    to.drawImage(
      overview.canvas,
      (overview.box.x - camera.x) * scale,
      (overview.box.y - camera.y) * scale,
      overview.box.width * scale,
      overview.box.height * scale,
    );
  }

  /** @returns whether work is left. */
  #paintOverview(scene: Scene, left: () => number): boolean {
    if (!this.#overviewWork) {
      this.#overviewStale = false;
      this.#overviewWork = paintedOverview(scene);
    }
    while (left() > 0) {
      const step = this.#overviewWork.next();
      if (step.done) {
        this.#overview = step.value;
        this.#overviewWork = null;
        return false;
      }
    }
    return true;
  }
}

function squint(to: Surface, x: number, y: number, width: number, height: number): void {
  to.setTransform(1, 0, 0, 1, 0, 0);
  to.globalCompositeOperation = "saturation";
  to.globalAlpha = 1;
  to.fillStyle = "#808080";
  to.fillRect(x, y, width, height);
}

/** Paints the overview a few items at a time. */
function* paintedOverview(scene: Scene): Generator<undefined, Overview | null> {
  const box = scene.model.extent();
  if (!box) return null;
  const scale = kOverviewEdge / Math.max(box.width, box.height, 1);
  const canvas = new OffscreenCanvas(Math.max(1, Math.ceil(box.width * scale)), Math.max(1, Math.ceil(box.height * scale)));
  const to = canvas.getContext("2d", { alpha: false }) as OffscreenCanvasRenderingContext2D;
  to.fillStyle = scene.background;
  to.fillRect(0, 0, canvas.width, canvas.height);
  to.setTransform(scale, 0, 0, scale, -box.x * scale, -box.y * scale);
  let count = 0;
  for (const item of scene.model.ordered()) {
    if (!scene.lifted.has(item.id)) paintItem(to, item, scale, scene.images, scene.inks, false);
    if (++count % 16 === 0) yield;
  }
  if (scene.squint) squint(to, 0, 0, canvas.width, canvas.height);
  return { canvas, box };
}

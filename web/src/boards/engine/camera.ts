// Where the board is looked at from: the board point at the top left of the view and the zoom.

import type { Point, Rect } from "./types";

export const kSmallestZoom = 0.004;
export const kLargestZoom = 32;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Camera {
  x = 0;
  y = 0;
  zoom = 1;

  toBoard(screen: Point): Point {
    return { x: this.x + screen.x / this.zoom, y: this.y + screen.y / this.zoom };
  }

  toScreen(board: Point): Point {
    return { x: (board.x - this.x) * this.zoom, y: (board.y - this.y) * this.zoom };
  }

  /** The part of the board that a view of this size shows. */
  view(size: Size): Rect {
    return { x: this.x, y: this.y, width: size.width / this.zoom, height: size.height / this.zoom };
  }

  /** Moves what is seen by a distance on the screen. */
  pan(dx: number, dy: number): void {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
  }

  /** The board point under `screen` stays under it. */
  zoomAt(screen: Point, factor: number): void {
    const before = this.toBoard(screen);
    this.zoom = Math.min(kLargestZoom, Math.max(kSmallestZoom, this.zoom * factor));
    this.x = before.x - screen.x / this.zoom;
    this.y = before.y - screen.y / this.zoom;
  }

  /** The whole box in the middle, never larger than `most`. */
  fit(box: Rect, size: Size, margin = 48, most = 1): void {
    const width = Math.max(1, size.width - 2 * margin);
    const height = Math.max(1, size.height - 2 * margin);
    const zoom = Math.min(width / Math.max(1, box.width), height / Math.max(1, box.height), most);
    this.zoom = Math.min(kLargestZoom, Math.max(kSmallestZoom, zoom));
    this.x = box.x + box.width / 2 - size.width / 2 / this.zoom;
    this.y = box.y + box.height / 2 - size.height / 2 / this.zoom;
  }

  /** The least movement that brings the box into view. @returns whether it moved. */
  reveal(box: Rect, size: Size, margin = 24): boolean {
    const view = this.view(size);
    const edge = margin / this.zoom;
    const shift = (low: number, length: number, from: number, extent: number): number => {
      if (length + 2 * edge > extent) return low + length / 2 - (from + extent / 2);
      if (low - edge < from) return low - edge - from;
      if (low + length + edge > from + extent) return low + length + edge - (from + extent);
      return 0;
    };
    const dx = shift(box.x, box.width, view.x, view.width);
    const dy = shift(box.y, box.height, view.y, view.height);
    this.x += dx;
    this.y += dy;
    return dx !== 0 || dy !== 0;
  }
}

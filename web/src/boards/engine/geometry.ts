// Boxes that may be turned about their middle, and what a pointer touches.

import type { BoardItem, Point, Rect } from "./types";

const kRadians = Math.PI / 180;

export function middle(box: Rect): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** `point` turned about `about`, clockwise on the screen. */
export function turned(point: Point, about: Point, degrees: number): Point {
  if (degrees === 0) return point;
  const cos = Math.cos(degrees * kRadians);
  const sin = Math.sin(degrees * kRadians);
  const dx = point.x - about.x;
  const dy = point.y - about.y;
  return { x: about.x + dx * cos - dy * sin, y: about.y + dx * sin + dy * cos };
}

/** Top left, top right, bottom right, bottom left, as they lie on the board. */
export function corners(item: BoardItem): [Point, Point, Point, Point] {
  const { x, y, width, height, rotation_deg: angle } = item;
  const about = middle(item);
  return [
    turned({ x, y }, about, angle),
    turned({ x: x + width, y }, about, angle),
    turned({ x: x + width, y: y + height }, about, angle),
    turned({ x, y: y + height }, about, angle),
  ];
}

export function rectOf(points: readonly Point[]): Rect {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y } of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The upright box around the item as it lies; an arrow's is never negative. */
export function bounds(item: BoardItem): Rect {
  if (item.rotation_deg === 0 && item.width >= 0 && item.height >= 0) {
    return { x: item.x, y: item.y, width: item.width, height: item.height };
  }
  return rectOf(corners(item));
}

/** The captions of pictures, as exports have them: so far below the picture, in board units, ... */
export const kCaptionGap = 6;
export const kCaptionLines = 2;

/** ... and of this size. */
export function captionFont(picture: BoardItem): number {
  return Math.min(44, Math.max(11, picture.width / 22));
}

/** How far ink reaches beyond the bounds: heads of arrows, titles of frames, captions, borders. */
export function inkBounds(item: BoardItem): Rect {
  const box = bounds(item);
  if (item.kind === "arrow") return grown(box, arrowWidth(item) * 3);
  if (item.kind === "frame") {
    const title = item.font_px * 1.6;
    const side = Math.hypot(box.width, box.height) === 0 ? title : item.rotation_deg === 0 ? 2 : title;
    return { x: box.x - side, y: box.y - title, width: box.width + 2 * side, height: box.height + title + side };
  }
  if (item.kind === "picture" && item.text) {
    const caption = kCaptionGap + kCaptionLines * 1.4 * captionFont(item);
    return item.rotation_deg === 0 ? { ...box, height: box.height + caption } : grown(box, caption);
  }
  return box;
}

/** The stroke of an arrow grows with its length, so that a long one can be seen from afar. */
export function arrowWidth(item: BoardItem): number {
  return Math.min(24, Math.max(3, Math.hypot(item.width, item.height) / 60));
}

export function grown(box: Rect, by: number): Rect {
  return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by };
}

export function union(boxes: Iterable<Rect>): Rect | null {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export function intersects(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function containsRect(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

export function rectBetween(a: Point, b: Point): Rect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function distanceToSegment(point: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length2;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}

/**
 * Whether the pointer touches the item. A frame is touched on its border and its title alone, so that what lies
 * in it can be drawn around. `reach` is how far a finger may miss, in board units.
 */
export function touches(item: BoardItem, point: Point, reach: number): boolean {
  if (item.kind === "arrow") {
    const end = { x: item.x + item.width, y: item.y + item.height };
    return distanceToSegment(point, item, end) <= Math.max(reach, arrowWidth(item));
  }
  const local = turned(point, middle(item), -item.rotation_deg);
  const inside =
    local.x >= item.x && local.x <= item.x + item.width && local.y >= item.y && local.y <= item.y + item.height;
  if (item.kind !== "frame") return inside;
  const title = item.font_px * 1.6;
  const onTitle =
    local.x >= item.x && local.x <= item.x + item.width && local.y >= item.y - title && local.y <= item.y + reach;
  if (onTitle) return true;
  const outer = grown(item, reach);
  const near =
    local.x >= outer.x &&
    local.x <= outer.x + outer.width &&
    local.y >= outer.y &&
    local.y <= outer.y + outer.height;
  const inner = grown(item, -reach);
  const within =
    local.x > inner.x &&
    local.x < inner.x + inner.width &&
    local.y > inner.y &&
    local.y < inner.y + inner.height;
  return near && !within;
}

/** An angle brought into -180..180. */
export function normalDegrees(degrees: number): number {
  const turn = ((((degrees + 180) % 360) + 360) % 360) - 180;
  return turn === -180 ? 180 : turn;
}

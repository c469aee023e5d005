// What dragging a handle makes of items. Every function takes the items as they were when the drag began.

import { middle, normalDegrees, turned } from "./geometry";
import { noteHeight } from "./paint";
import type { BoardItem, Crop, Point, Rect } from "./types";

export type Corner = "nw" | "ne" | "se" | "sw";
export type Side = "n" | "e" | "s" | "w";
export type Handle = Corner | Side | "rotate" | "start" | "end";

export const kSmallestEdge = 4;
const kSigns: Record<Corner | Side, [number, number]> = {
  nw: [-1, -1],
  ne: [1, -1],
  se: [1, 1],
  sw: [-1, 1],
  n: [0, -1],
  e: [1, 0],
  s: [0, 1],
  w: [-1, 0],
};

export function signsOf(handle: Corner | Side): readonly [number, number] {
  return kSigns[handle];
}

/** The point of the handle on the box as it lies. */
export function handlePoint(item: BoardItem, handle: Corner | Side): Point {
  const [sx, sy] = kSigns[handle];
  const about = middle(item);
  return turned({ x: about.x + (sx * item.width) / 2, y: about.y + (sy * item.height) / 2 }, about, item.rotation_deg);
}

/** The item with its opposite corner (or its middle) held where it is; pictures keep their shape. */
export function resized(item: BoardItem, corner: Corner, pointer: Point, fromMiddle: boolean): BoardItem {
  const [sx, sy] = kSigns[corner];
  const centre = middle(item);
  const anchor = fromMiddle ? centre : handlePoint(item, opposite(corner));
  const reach = turned(pointer, anchor, -item.rotation_deg);
  const factor = fromMiddle ? 2 : 1;
  let width = Math.max(kSmallestEdge, (reach.x - anchor.x) * sx * factor);
  let height = Math.max(kSmallestEdge, (reach.y - anchor.y) * sy * factor);
  if (item.kind === "picture") {
    const scale = Math.max(width / item.width, height / item.height, kSmallestEdge / Math.min(item.width, item.height));
    width = item.width * scale;
    height = item.height * scale;
  } else if (item.kind === "note") {
    height = Math.max(height, noteHeight(item.text, width, item.font_px));
  }
  const about = fromMiddle
    ? centre
    : turned({ x: anchor.x + (sx * width) / 2, y: anchor.y + (sy * height) / 2 }, anchor, item.rotation_deg);
  return { ...item, x: about.x - width / 2, y: about.y - height / 2, width, height };
}

export function opposite(corner: Corner): Corner {
  return ({ nw: "se", ne: "sw", se: "nw", sw: "ne" } as const)[corner];
}

/** Everything grown or shrunk together about a point. */
export function scaled(items: readonly BoardItem[], about: Point, scale: number): BoardItem[] {
  return items.map((item) => ({
    ...item,
    x: about.x + (item.x - about.x) * scale,
    y: about.y + (item.y - about.y) * scale,
    width: item.width * scale,
    height: item.height * scale,
    font_px: item.kind === "note" || item.kind === "frame" ? Math.min(1000, Math.max(4, item.font_px * scale)) : item.font_px,
  }));
}

/** How much larger the box becomes when its corner is dragged to the pointer. */
export function scaleOf(box: Rect, corner: Corner, pointer: Point, fromMiddle: boolean): { about: Point; scale: number } {
  const [sx, sy] = kSigns[corner];
  const centre = middle(box);
  const about = fromMiddle ? centre : { x: centre.x - (sx * box.width) / 2, y: centre.y - (sy * box.height) / 2 };
  const width = fromMiddle ? box.width / 2 : box.width;
  const height = fromMiddle ? box.height / 2 : box.height;
  const scale = Math.max(((pointer.x - about.x) * sx) / Math.max(1, width), ((pointer.y - about.y) * sy) / Math.max(1, height));
  const least = kSmallestEdge / Math.max(kSmallestEdge, Math.min(box.width, box.height));
  return { about, scale: Math.max(least, scale) };
}

/** Everything turned together about a point. Arrows keep no angle of their own: their ends are turned. */
export function rotated(items: readonly BoardItem[], about: Point, degrees: number): BoardItem[] {
  return items.map((item) => {
    if (item.kind === "arrow") {
      const from = turned({ x: item.x, y: item.y }, about, degrees);
      const to = turned({ x: item.x + item.width, y: item.y + item.height }, about, degrees);
      return { ...item, x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
    }
    const centre = turned(middle(item), about, degrees);
    return {
      ...item,
      x: centre.x - item.width / 2,
      y: centre.y - item.height / 2,
      rotation_deg: normalDegrees(item.rotation_deg + degrees),
    };
  });
}

/** Angles of multiples of 15 where Shift is held, and of 90 where one is near. */
export function steadyDegrees(degrees: number, step: boolean): number {
  if (step) return Math.round(degrees / 15) * 15;
  const right = Math.round(degrees / 90) * 90;
  return Math.abs(degrees - right) < 2 ? right : degrees;
}

/** The item as it would be without its crop: where the whole picture lies. */
export function uncropped(item: BoardItem): BoardItem {
  return withCrop(item, [0, 0, 1, 1]);
}

/** The same picture at the same place and size, another part of it shown. */
export function withCrop(item: BoardItem, crop: Crop): BoardItem {
  const [l0, t0, r0, b0] = item.crop;
  const fullWidth = item.width / (r0 - l0);
  const fullHeight = item.height / (b0 - t0);
  const [l1, t1, r1, b1] = crop;
  const width = fullWidth * (r1 - l1);
  const height = fullHeight * (b1 - t1);
  const mirrorX = item.flip_x ? -1 : 1;
  const mirrorY = item.flip_y ? -1 : 1;
  const old = middle(item);
  const shift = {
    x: mirrorX * fullWidth * ((l1 + r1) / 2 - (l0 + r0) / 2),
    y: mirrorY * fullHeight * ((t1 + b1) / 2 - (t0 + b0) / 2),
  };
  const about = turned({ x: old.x + shift.x, y: old.y + shift.y }, old, item.rotation_deg);
  return { ...item, crop, x: about.x - width / 2, y: about.y - height / 2, width, height };
}

const kLeastShare = 0.02;

/** The crop after a handle of its window is dragged to the pointer. */
export function cropDragged(item: BoardItem, handle: Corner | Side, pointer: Point): BoardItem {
  const [sx, sy] = kSigns[handle];
  const full = uncropped(item);
  const local = turned(pointer, middle(full), -full.rotation_deg);
  let u = (local.x - full.x) / full.width;
  let v = (local.y - full.y) / full.height;
  if (item.flip_x) u = 1 - u;
  if (item.flip_y) v = 1 - v;
  let [left, top, right, bottom] = item.crop;
  const movesX = item.flip_x ? -sx : sx;
  const movesY = item.flip_y ? -sy : sy;
  if (movesX < 0) left = Math.min(right - kLeastShare, Math.max(0, u));
  if (movesX > 0) right = Math.max(left + kLeastShare, Math.min(1, u));
  if (movesY < 0) top = Math.min(bottom - kLeastShare, Math.max(0, v));
  if (movesY > 0) bottom = Math.max(top + kLeastShare, Math.min(1, v));
  return withCrop(item, [left, top, right, bottom]);
}

/** The window stays, the picture moves under it. */
export function cropPanned(item: BoardItem, dx: number, dy: number): BoardItem {
  const [left, top, right, bottom] = item.crop;
  const fullWidth = item.width / (right - left);
  const fullHeight = item.height / (bottom - top);
  const local = turned({ x: dx, y: dy }, { x: 0, y: 0 }, -item.rotation_deg);
  const du = (-local.x / fullWidth) * (item.flip_x ? -1 : 1);
  const dv = (-local.y / fullHeight) * (item.flip_y ? -1 : 1);
  const u = Math.min(1 - right, Math.max(-left, du));
  const v = Math.min(1 - bottom, Math.max(-top, dv));
  return { ...item, crop: [left + u, top + v, right + u, bottom + v] };
}

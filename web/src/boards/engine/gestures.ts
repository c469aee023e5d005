// What pointers do to the board: one state at a time, from a button down to its release.
//
//   idle -> pan | marquee | move | resize | rotate | crop | draw -> idle
//
// Two fingers always pan and zoom, whatever the first one had begun. Nothing is committed before the release:
// until then the items are a preview, and Escape gives it up.

import { rectBetween, union, bounds, middle, intersects } from "./geometry";
import { snap, type Guide } from "./snap";
import { moved } from "./arrange";
import * as transform from "./transform";
import type { Camera } from "./camera";
import type { BoardModel } from "./model";
import type { Corner, Handle, Side } from "./transform";
import type { BoardItem, ItemKind, Point, Rect } from "./types";

export type Tool = "select" | "hand" | "note" | "arrow" | "frame" | "gap";

export interface Touch {
  readonly id: number;
  readonly type: "mouse" | "touch" | "pen";
  readonly at: Point;
  readonly button: number;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
}

export interface GestureHost {
  readonly model: BoardModel;
  readonly camera: Camera;
  readonly selection: ReadonlySet<string>;
  readonly tool: Tool;
  readonly space: boolean;
  readonly cropping: string | null;
  readonly snapping: boolean;
  viewSize(): { width: number; height: number };
  select(ids: Iterable<string>): void;
  preview(items: readonly BoardItem[]): void;
  commitPreview(what: "move" | "resize" | "rotate" | "crop"): void;
  dropPreview(): void;
  showGuides(guides: readonly Guide[]): void;
  showMarquee(box: Rect | null): void;
  drawn(kind: Exclude<ItemKind, "picture"> | "gap", from: Point, to: Point, dragged: boolean): void;
  edit(id: string): void;
  endCrop(): void;
  moved(): void;
  toolDone(): void;
}

interface Press {
  readonly touch: Touch;
  readonly board: Point;
}

type State =
  | { kind: "idle" }
  | { kind: "pan"; last: Point }
  | { kind: "pinch" }
  | { kind: "pressed"; press: Press; hit: BoardItem | null }
  | { kind: "marquee"; press: Press; before: ReadonlySet<string> }
  | { kind: "move"; press: Press; items: BoardItem[]; box: Rect; others: Rect[] }
  | { kind: "resize"; press: Press; handle: Handle; items: BoardItem[]; box: Rect }
  | { kind: "rotate"; press: Press; items: BoardItem[]; about: Point }
  | { kind: "crop"; press: Press; handle: Corner | Side | "pan"; item: BoardItem }
  | { kind: "draw"; press: Press };

const kSlopPx = { mouse: 3, pen: 5, touch: 9 };
const kHandlePx = { mouse: 9, pen: 12, touch: 20 };
const kSnapPx = 7;
export const kRotateArmPx = 26;

/** The handles of a selection and where they lie on the board. */
export function handlesOf(items: readonly BoardItem[], zoom: number, cropping: boolean): Map<Handle, Point> {
  const handles = new Map<Handle, Point>();
  if (items.length === 0 || items.every((item) => item.locked)) return handles;
  const only = items.length === 1 ? (items[0] as BoardItem) : null;
  if (only?.kind === "arrow") {
    handles.set("start", { x: only.x, y: only.y });
    handles.set("end", { x: only.x + only.width, y: only.y + only.height });
    return handles;
  }
  const box: BoardItem = only ?? asItem(union(items.map(bounds)) as Rect, items[0] as BoardItem);
  for (const corner of ["nw", "ne", "se", "sw"] as const) handles.set(corner, transform.handlePoint(box, corner));
  if (cropping) {
    for (const side of ["n", "e", "s", "w"] as const) handles.set(side, transform.handlePoint(box, side));
    return handles;
  }
  const arm = { ...box, y: box.y - kRotateArmPx / zoom, height: box.height + (2 * kRotateArmPx) / zoom };
  handles.set("rotate", transform.handlePoint(arm, "n"));
  return handles;
}

function asItem(box: Rect, like: BoardItem): BoardItem {
  return { ...like, ...box, rotation_deg: 0, kind: "frame" };
}

export class Gestures {
  #state: State = { kind: "idle" };
  #touches = new Map<number, Touch>();
  #lastTap: { at: number; point: Point; id: string | null } | null = null;
  readonly #host: GestureHost;

  constructor(host: GestureHost) {
    this.#host = host;
  }

  get busy(): boolean {
    return this.#state.kind !== "idle" && this.#state.kind !== "pressed";
  }

  get state(): string {
    return this.#state.kind;
  }

  down(touch: Touch, now: number): void {
    const host = this.#host;
    this.#touches.set(touch.id, touch);
    if (this.#touches.size === 2) {
      if (this.#state.kind !== "pinch") this.cancel(false);
      this.#state = { kind: "pinch" };
      return;
    }
    if (this.#touches.size > 2) return;
    const press: Press = { touch, board: host.camera.toBoard(touch.at) };
    if (touch.button === 1 || (touch.button === 0 && (host.space || host.tool === "hand"))) {
      this.#state = { kind: "pan", last: touch.at };
      return;
    }
    if (touch.button !== 0) return;
    if (host.tool !== "select") {
      this.#state = { kind: "draw", press };
      return;
    }
    if (host.cropping && this.#downInCrop(press)) return;
    const handle = this.handleAt(touch);
    if (handle) {
      this.#downOnHandle(press, handle);
      return;
    }
    const hit = host.model.at(press.board, kSlopPx[touch.type] / host.camera.zoom);
    if (this.#isDouble(touch, hit, now)) {
      this.#state = { kind: "idle" };
      if (hit) host.edit(hit.id);
      return;
    }
    this.#state = { kind: "pressed", press, hit };
    if (hit && !touch.shift && !touch.ctrl && !host.selection.has(hit.id)) host.select(host.model.withGroups([hit.id]));
  }

  move(touch: Touch): void {
    const before = this.#touches.get(touch.id);
    if (before) this.#touches.set(touch.id, touch);
    const host = this.#host;
    const state = this.#state;
    switch (state.kind) {
      case "pinch":
        if (before) this.#pinch(touch, before);
        return;
      case "pan":
        host.camera.pan(touch.at.x - state.last.x, touch.at.y - state.last.y);
        this.#state = { kind: "pan", last: touch.at };
        host.moved();
        return;
      case "pressed":
        if (Math.hypot(touch.at.x - state.press.touch.at.x, touch.at.y - state.press.touch.at.y) >= kSlopPx[touch.type]) {
          this.#begin(state.press, state.hit);
          this.move(touch);
        }
        return;
      case "marquee":
        this.#marquee(state, touch);
        return;
      case "move":
        this.#move(state, touch);
        return;
      case "resize":
        this.#resize(state, touch);
        return;
      case "rotate": {
        const at = host.camera.toBoard(touch.at);
        const angle = (point: Point): number => (Math.atan2(point.y - state.about.y, point.x - state.about.x) * 180) / Math.PI;
        const first = state.items[0] as BoardItem;
        const start = state.items.length === 1 ? first.rotation_deg : 0;
        const turn = transform.steadyDegrees(start + angle(at) - angle(state.press.board), touch.shift) - start;
        host.preview(transform.rotated(state.items, state.about, turn));
        return;
      }
      case "crop": {
        const at = host.camera.toBoard(touch.at);
        if (state.handle === "pan") {
          host.preview([transform.cropPanned(state.item, at.x - state.press.board.x, at.y - state.press.board.y)]);
        } else {
          host.preview([transform.cropDragged(state.item, state.handle, at)]);
        }
        return;
      }
      case "draw":
        host.showMarquee(rectBetween(state.press.board, host.camera.toBoard(touch.at)));
        return;
      case "idle":
        return;
    }
  }

  up(touch: Touch, now: number): void {
    this.#touches.delete(touch.id);
    const host = this.#host;
    const state = this.#state;
    if (state.kind === "pinch") {
      if (this.#touches.size === 0) this.#state = { kind: "idle" };
      return;
    }
    this.#state = { kind: "idle" };
    switch (state.kind) {
      case "pressed":
        this.#clicked(state.press.touch, state.hit, now);
        break;
      case "marquee":
        host.showMarquee(null);
        break;
      case "move":
        host.showGuides([]);
        host.commitPreview("move");
        break;
      case "resize":
        host.commitPreview("resize");
        break;
      case "rotate":
        host.commitPreview("rotate");
        break;
      case "crop":
        host.commitPreview("crop");
        break;
      case "draw": {
        host.showMarquee(null);
        const kind = host.tool;
        const to = host.camera.toBoard(touch.at);
        const slop = kSlopPx[touch.type];
        const dragged = Math.hypot(touch.at.x - state.press.touch.at.x, touch.at.y - state.press.touch.at.y) > slop;
        if (kind !== "select" && kind !== "hand") host.drawn(kind, state.press.board, to, dragged);
        host.toolDone();
        break;
      }
      default:
        break;
    }
  }

  /** Gives up what is under way. @returns whether there was something. */
  cancel(forget = true): boolean {
    const busy = this.busy;
    const host = this.#host;
    if (busy) {
      host.dropPreview();
      host.showGuides([]);
      host.showMarquee(null);
    }
    this.#state = { kind: "idle" };
    if (forget) this.#touches.clear();
    return busy;
  }

  handleAt(touch: Touch): Handle | null {
    const host = this.#host;
    const selected = this.#selectedItems();
    const reach = kHandlePx[touch.type];
    for (const [handle, point] of handlesOf(selected, host.camera.zoom, host.cropping !== null)) {
      const screen = host.camera.toScreen(point);
      if (Math.abs(screen.x - touch.at.x) <= reach && Math.abs(screen.y - touch.at.y) <= reach) return handle;
    }
    return null;
  }

  #selectedItems(): BoardItem[] {
    const host = this.#host;
    const items: BoardItem[] = [];
    for (const id of host.selection) {
      const item = host.model.get(id);
      if (item) items.push(item);
    }
    return items;
  }

  #isDouble(touch: Touch, hit: BoardItem | null, now: number): boolean {
    const last = this.#lastTap;
    if (!last || now - last.at > 350 || last.id !== (hit?.id ?? null)) return false;
    this.#lastTap = null;
    return Math.hypot(touch.at.x - last.point.x, touch.at.y - last.point.y) < 8;
  }

  #downInCrop(press: Press): boolean {
    const host = this.#host;
    const item = host.model.get(host.cropping as string);
    const handle = this.handleAt(press.touch);
    if (item && handle && handle !== "rotate" && handle !== "start" && handle !== "end") {
      this.#state = { kind: "crop", press, handle, item };
      return true;
    }
    const hit = host.model.at(press.board, 0);
    if (item && hit?.id === item.id) {
      this.#state = { kind: "crop", press, handle: "pan", item };
      return true;
    }
    host.endCrop();
    return false;
  }

  #downOnHandle(press: Press, handle: Handle): void {
    const items = this.#selectedItems().filter((item) => !item.locked);
    const box = union(items.map(bounds)) as Rect;
    if (handle === "rotate") {
      this.#state = { kind: "rotate", press, items, about: middle(box) };
    } else {
      this.#state = { kind: "resize", press, handle, items, box };
    }
  }

  #begin(press: Press, hit: BoardItem | null): void {
    const host = this.#host;
    if (hit) {
      if (!host.selection.has(hit.id)) host.select([...host.selection, ...host.model.withGroups([hit.id])]);
      const items = this.#selectedItems().filter((item) => !item.locked);
      if (items.length > 0) {
        const carried = this.#withFramed(items);
        const moving = new Set(carried.map((item) => item.id));
        const others = host.model
          .inArea(host.camera.view(host.viewSize()))
          .filter((item) => !moving.has(item.id) && item.kind !== "arrow")
          .slice(0, 400)
          .map(bounds);
        this.#state = { kind: "move", press, items: carried, box: union(carried.map(bounds)) as Rect, others };
        return;
      }
    }
    if (!hit && press.touch.type === "touch") {
      this.#state = { kind: "pan", last: press.touch.at };
      return;
    }
    const before = press.touch.shift || press.touch.ctrl ? new Set(host.selection) : new Set<string>();
    this.#state = { kind: "marquee", press, before };
  }

  /** A frame takes with it what lies whole in it. */
  #withFramed(items: BoardItem[]): BoardItem[] {
    const host = this.#host;
    const all = new Map(items.map((item) => [item.id, item]));
    for (const frame of items) {
      if (frame.kind !== "frame") continue;
      const outer = bounds(frame);
      for (const inner of host.model.inArea(outer)) {
        const box = bounds(inner);
        const inside =
          box.x >= outer.x &&
          box.y >= outer.y &&
          box.x + box.width <= outer.x + outer.width &&
          box.y + box.height <= outer.y + outer.height;
        if (inside && !inner.locked) all.set(inner.id, inner);
      }
    }
    return [...all.values()];
  }

  #clicked(touch: Touch, hit: BoardItem | null, now: number): void {
    const host = this.#host;
    this.#lastTap = { at: now, point: touch.at, id: hit?.id ?? null };
    if (!hit) {
      if (!touch.shift && !touch.ctrl) host.select([]);
      return;
    }
    const unit = host.model.withGroups([hit.id]);
    if (touch.shift || touch.ctrl) {
      const next = new Set(host.selection);
      const drop = next.has(hit.id);
      for (const id of unit) {
        if (drop) next.delete(id);
        else next.add(id);
      }
      host.select(next);
    } else {
      host.select(unit);
    }
  }

  #pinch(touch: Touch, before: Touch): void {
    const host = this.#host;
    const other = [...this.#touches.values()].find((candidate) => candidate.id !== touch.id);
    if (!other) return;
    const was = Math.hypot(before.at.x - other.at.x, before.at.y - other.at.y);
    const is = Math.hypot(touch.at.x - other.at.x, touch.at.y - other.at.y);
    host.camera.pan((touch.at.x - before.at.x) / 2, (touch.at.y - before.at.y) / 2);
    const centre = { x: (touch.at.x + other.at.x) / 2, y: (touch.at.y + other.at.y) / 2 };
    if (was > 10 && is > 10) host.camera.zoomAt(centre, is / was);
    host.moved();
  }

  #marquee(state: Extract<State, { kind: "marquee" }>, touch: Touch): void {
    const host = this.#host;
    const box = rectBetween(state.press.board, host.camera.toBoard(touch.at));
    host.showMarquee(box);
    const next = new Set(state.before);
    for (const item of host.model.inArea(box)) {
      const inked = item.kind === "frame" ? contains(box, bounds(item)) : intersects(box, grownArrow(item));
      if (inked) next.add(item.id);
    }
    host.select(host.model.withGroups(next));
  }

  #move(state: Extract<State, { kind: "move" }>, touch: Touch): void {
    const host = this.#host;
    const at = host.camera.toBoard(touch.at);
    let dx = at.x - state.press.board.x;
    let dy = at.y - state.press.board.y;
    if (touch.shift) {
      if (Math.abs(dx) > Math.abs(dy)) dy = 0;
      else dx = 0;
    }
    if (host.snapping && !touch.alt) {
      const box = { ...state.box, x: state.box.x + dx, y: state.box.y + dy };
      const found = snap(box, state.others, kSnapPx / host.camera.zoom);
      dx += found.dx;
      dy += found.dy;
      host.showGuides(found.guides);
    } else {
      host.showGuides([]);
    }
    host.preview(state.items.map((item) => moved(item, dx, dy)));
  }

  #resize(state: Extract<State, { kind: "resize" }>, touch: Touch): void {
    const host = this.#host;
    const at = host.camera.toBoard(touch.at);
    const only = state.items.length === 1 ? (state.items[0] as BoardItem) : null;
    if (only && (state.handle === "start" || state.handle === "end")) {
      const end = { x: only.x + only.width, y: only.y + only.height };
      host.preview([
        state.handle === "end"
          ? { ...only, width: at.x - only.x || 1, height: at.y - only.y }
          : { ...only, x: at.x, y: at.y, width: end.x - at.x || 1, height: end.y - at.y },
      ]);
      return;
    }
    const corner = state.handle as Corner;
    if (only) host.preview([transform.resized(only, corner, at, touch.alt)]);
    else {
      const { about, scale } = transform.scaleOf(state.box, corner, at, touch.alt);
      host.preview(transform.scaled(state.items, about, scale));
    }
  }
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function grownArrow(item: BoardItem): Rect {
  const box = bounds(item);
  return item.kind === "arrow" ? { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 } : box;
}

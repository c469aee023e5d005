// One open board: what is on it, what is chosen, what is being done to it, and how it is saved. The page shows this and
// tells it what people do; painting is the renderer's.
import { SvelteSet } from "svelte/reactivity";

import { addresses, api, type ApiError } from "../lib/api";
import { events } from "../lib/events";
import { t, tAny } from "../lib/i18n";
import { toasts } from "../lib/toast.svelte";
import type * as T from "../lib/types";
import { align, distribute, moved, normalise, rows, type Edge, type Measure } from "./engine/arrange";
import { Camera } from "./engine/camera";
import { bounds, inkBounds, middle, union } from "./engine/geometry";
import { Gestures, type GestureHost, type Tool } from "./engine/gestures";
import { ImageCache } from "./engine/images";
import { BoardModel } from "./engine/model";
import { noteHeight, type Inks } from "./engine/paint";
import { Renderer } from "./engine/renderer";
import { rotated, withCrop } from "./engine/transform";
import { completeItem, kMostItems, newId, type BoardItem, type Crop, type ItemChange, type Point, type Rect } from "./engine/types";
import type { Guide } from "./engine/snap";
import { Intake, mapFew } from "./intake.svelte";
import { SaveQueue, StorageKeeper, type Edit } from "./sync";

const kMoveMs = 450;
const kPictureHeight = 260;

export class BoardSession implements GestureHost {
  readonly model = new BoardModel();
  readonly camera = new Camera();
  readonly gestures = new Gestures(this);
  readonly intake = new Intake({ count: () => this.model.size, lay: (pictures, at) => this.addPictures(pictures, at) });
  readonly images: ImageCache;
  readonly queue: SaveQueue;
  #keeper: StorageKeeper;
  #renderer: Renderer | null = null;
  #inks: Inks | null = null;
  #frame = 0;
  #preview: readonly BoardItem[] = [];
  #guides: readonly Guide[] = [];
  #marquee: Rect | null = null;
  #places: Map<number, Set<string>> | null = null;
  #arrivals = new Set<number>();
  #arrivalTimer = 0;
  #motion: { from: Map<string, BoardItem>; to: Map<string, BoardItem>; start: number } | null = null;
  #ends: (() => void)[] = [];
  #contents = new Map<number, Promise<string | null>>();

  name = $state("");
  background = $state("");
  isTemplate = $state(false);
  /** Grows with every change of the items: what reads the model reads this first. */
  version = $state(0);
  /** Grows with every change of the camera. */
  view = $state(0);
  selection: ReadonlySet<string> = $state.raw(new Set<string>());
  focused: string | null = $state(null);
  focusShown = $state(false);
  tool: Tool = $state("select");
  space = $state(false);
  cropping: string | null = $state(null);
  editing: string | null = $state(null);
  snapping = $state(true);
  squint = $state(false);
  presenting = $state(false);
  canUndo = $state(false);
  canRedo = $state(false);
  /** Pictures whose files were found not to be there. */
  readonly gone = new SvelteSet<number>();
  waiting = $state(0);
  trouble: ApiError | null = $state.raw(null);
  keptLocally = $state(true);
  announcement = $state("");
  gap: Rect | null = $state.raw(null);

  constructor(readonly id: string) {
    this.images = new ImageCache(
      {
        load: async (asset, level, signal) => {
          const response = await fetch(level === 256 ? addresses.thumbnail(asset) : addresses.rendition(asset, level), { signal });
          if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
          return response.blob();
        },
      },
      (asset) => this.#arrived(asset),
    );
    this.#keeper = new StorageKeeper(id);
    this.queue = new SaveQueue(
      {
        edit: (edit) => api.editBoard(id, edit),
        undo: (base) => api.undoBoard(id, base),
        redo: (base) => api.redoBoard(id, base),
        steps: (since) => api.boardSteps(id, since),
      },
      this.#keeper,
      {
        shown: (changes, by) => this.#show(changes, by === "others"),
        named: (name, background) => {
          if (name !== undefined) this.name = name;
          if (background !== undefined) {
            this.background = background;
            this.#renderer?.tiles.invalidateAll();
          }
        },
        state: () => this.#readQueue(),
        conflicts: (ids) => toasts.show(t("boards.conflict", { n: ids.length })),
        refused: (error, what) => toasts.error(what === "undo" || what === "redo" ? error.message : t("boards.refused", { what, why: error.message })),
      },
    );
  }

  async open(): Promise<ApiError | null> {
    const answer = await api.board(this.id);
    if (!answer.ok) return answer.error;
    const board = answer.value;
    this.name = board.name;
    this.background = board.background;
    this.isTemplate = board.is_template;
    this.queue.open(board);
    this.model.reset(board.items.map((item) => completeItem(item as never)));
    this.#ends.push(
      events.on("board", ({ id, revision }) => {
        if (id === this.id) void this.queue.hear(revision);
      }),
      events.on("connection", ({ open }) => {
        if (!open) return;
        this.queue.wake();
        this.images.forgive();
        void api.boardSteps(this.id, this.queue.revision).then((steps) => {
          if (steps.ok) void this.queue.hear(steps.value.revision);
        });
      }),
    );
    this.#readQueue();
    this.version++;
    for (const edit of await this.#keeper.adopt()) this.#commitEdit(edit);
    return null;
  }

  close(): void {
    this.#ends.forEach((end) => end());
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#arrivalTimer);
    this.intake.stop();
    this.queue.close();
    this.#keeper.close();
    this.images.close();
  }

  attach(canvas: HTMLCanvasElement, inks: Inks): void {
    this.#renderer = new Renderer(canvas);
    this.#inks = inks;
  }

  recolour(inks: Inks): void {
    this.#inks = inks;
    this.#renderer?.tiles.invalidateAll();
    this.redraw();
  }

  resize(width: number, height: number): void {
    this.#renderer?.resize({ width, height }, window.devicePixelRatio);
    this.redraw();
  }

  viewSize(): { width: number; height: number } {
    return this.#renderer?.size ?? { width: 1, height: 1 };
  }

  /** Everything anew: the whole look changed. */
  repaint(): void {
    this.#renderer?.tiles.invalidateAll();
    this.redraw();
  }

  redraw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = 0;
    const renderer = this.#renderer;
    if (!renderer || !this.#inks) return;
    const moving = this.#moveOn(now);
    const shown = this.cropping && this.#preview.length === 0 ? [this.model.get(this.cropping)].filter((item) => item !== undefined) : this.#preview;
    const lifted = new Set(shown.map((item) => item.id));
    // The field lies where a text is; of a picture it takes the caption's place alone.
    const rewritten = this.editing && this.model.get(this.editing)?.kind !== "picture" ? this.editing : null;
    if (rewritten) lifted.add(rewritten);
    renderer.lift(lifted, this.model);
    const more = renderer.draw(
      this.model,
      this.images,
      this.camera,
      this.#inks,
      { background: this.background || this.#inks.sheet, squint: this.squint },
      {
        selection: this.presenting ? new Set() : this.selection,
        focused: this.focusShown && !this.presenting ? this.focused : null,
        preview: shown,
        editing: rewritten,
        cropping: this.cropping,
        guides: this.#guides,
        marquee: this.#marquee ?? this.gap,
        handles: this.tool === "select" && !this.presenting && !this.gestures.busy && !this.editing,
      },
      now,
    );
    this.images.pump();
    if (more || moving) this.redraw();
  }

  #arrived(asset: number): void {
    if (this.images.trouble(asset) === "missing") this.gone.add(asset);
    else this.gone.delete(asset);
    this.#arrivals.add(asset);
    if (this.#arrivalTimer !== 0) return;
    this.#arrivalTimer = window.setTimeout(() => {
      this.#arrivalTimer = 0;
      const places: Rect[] = [];
      for (const id of this.#arrivals) {
        for (const item of this.#assetPlaces().get(id) ?? []) {
          const box = this.model.extent([item]);
          if (box) places.push(box);
        }
      }
      this.#arrivals.clear();
      this.#renderer?.tiles.invalidate(places);
      this.redraw();
    }, 80);
  }

  #assetPlaces(): Map<number, Set<string>> {
    if (!this.#places) {
      this.#places = new Map();
      for (const item of this.model.values()) {
        if (item.asset === 0) continue;
        const ids = this.#places.get(item.asset) ?? new Set<string>();
        this.#places.set(item.asset, ids.add(item.id));
      }
    }
    return this.#places;
  }

  #readQueue(): void {
    this.canUndo = this.queue.canUndo;
    this.canRedo = this.queue.canRedo;
    this.waiting = this.queue.waiting;
    this.trouble = this.queue.trouble;
    this.keptLocally = this.queue.kept;
  }

  /** Takes changes over; those of an arrangement glide to their places unless motion is unwelcome. */
  #show(changes: readonly ItemChange[], glide: boolean): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (glide && !still && changes.length > 1 && changes.length <= 3000) {
      const from = new Map<string, BoardItem>();
      const to = new Map<string, BoardItem>();
      for (const { id, item } of changes) {
        const before = this.model.get(id);
        if (before && item && (before.x !== item.x || before.y !== item.y)) {
          from.set(id, before);
          to.set(id, item);
        }
      }
      if (to.size > 1) this.#motion = { from, to, start: performance.now() };
    }
    const places = this.model.apply(changes);
    this.#renderer?.tiles.invalidate(places);
    this.#places = null;
    const gone = [...this.selection].filter((id) => !this.model.has(id));
    if (gone.length > 0) this.selection = new Set([...this.selection].filter((id) => this.model.has(id)));
    if (this.focused && !this.model.has(this.focused)) this.focused = null;
    if (this.editing && !this.model.has(this.editing)) this.editing = null;
    if (this.cropping && !this.model.has(this.cropping)) this.cropping = null;
    this.version++;
    this.redraw();
  }

  #moveOn(now: number): boolean {
    const motion = this.#motion;
    if (!motion) return false;
    const share = Math.min(1, Math.max(0, (now - motion.start) / kMoveMs));
    const eased = 1 - (1 - share) ** 3;
    if (share >= 1 || this.gestures.busy) {
      this.#motion = null;
      this.#preview = [];
      return true;
    }
    const mix = (a: number, b: number): number => a + (b - a) * eased;
    this.#preview = [...motion.to].map(([id, to]) => {
      const from = motion.from.get(id) as BoardItem;
      return { ...to, x: mix(from.x, to.x), y: mix(from.y, to.y), width: mix(from.width, to.width), height: mix(from.height, to.height) };
    });
    return true;
  }

  // What gestures ask for.

  select(ids: Iterable<string>): void {
    this.selection = new Set(ids);
    const last = [...this.selection].at(-1);
    if (last) this.focused = last;
    this.focusShown = false;
    this.redraw();
  }

  preview(items: readonly BoardItem[]): void {
    this.#motion = null;
    this.#preview = items;
    this.redraw();
  }

  dropPreview(): void {
    this.#preview = [];
    this.redraw();
  }

  commitPreview(what: "move" | "resize" | "rotate" | "crop"): void {
    const items = this.#preview;
    this.#preview = [];
    if (items.length > 0) this.change(tAny(`boards.did.${what}`, { n: items.length }), items);
    this.redraw();
  }

  showGuides(guides: readonly Guide[]): void {
    this.#guides = guides;
    this.redraw();
  }

  showMarquee(box: Rect | null): void {
    this.#marquee = box;
    this.redraw();
  }

  moved(): void {
    this.view++;
    this.redraw();
  }

  toolDone(): void {
    this.tool = "select";
  }

  endCrop(): void {
    this.cropping = null;
    this.redraw();
  }

  edit(id: string): void {
    const item = this.model.get(id);
    if (!item || item.locked) return;
    this.selection = new Set([id]);
    if (item.kind === "picture") this.cropping = id;
    else if (item.kind !== "arrow") this.editing = id;
    this.redraw();
  }

  /** Begins the caption of the one chosen picture. */
  caption(): void {
    const only = this.chosen().length === 1 ? this.chosen()[0] : undefined;
    if (only?.kind !== "picture" || only.locked) return this.announce(t("boards.caption_one"));
    this.cropping = null;
    this.editing = only.id;
    this.redraw();
  }

  drawn(kind: "note" | "arrow" | "frame" | "gap", from: Point, to: Point, dragged: boolean): void {
    const box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
    if (kind === "gap") {
      this.gap = dragged ? box : null;
      return;
    }
    const unit = 1 / this.camera.zoom;
    const z = this.model.topZ() + 1;
    const font_px = Math.min(1000, Math.max(4, Math.round(18 * unit)));
    if (kind === "arrow") {
      const end = dragged ? to : { x: from.x + 160 * unit, y: from.y };
      this.add(t("boards.did.arrow"), [completeItem({ id: newId("a"), kind, x: from.x, y: from.y, width: end.x - from.x || 1, height: end.y - from.y, z })]);
    } else if (kind === "note") {
      const width = dragged ? Math.max(box.width, font_px * 3) : 220 * unit;
      const height = Math.max(dragged ? box.height : 0, noteHeight("", width, font_px));
      const id = newId("n");
      this.add(t("boards.did.note"), [completeItem({ id, kind, x: box.x, y: box.y, width, height, z, font_px })]);
      this.editing = id;
    } else {
      const size = dragged ? box : { x: from.x, y: from.y, width: 800 * unit, height: 600 * unit };
      const id = newId("f");
      this.add(t("boards.did.frame"), [completeItem({ id, kind, ...size, z: this.model.bottomZ() - 1, font_px, text: t("boards.frame_name") })]);
      this.editing = id;
    }
  }

  // Commands. Each is one edit.

  chosen(): BoardItem[] {
    return [...this.selection].map((id) => this.model.get(id)).filter((item) => item !== undefined);
  }

  free(): BoardItem[] {
    return this.chosen().filter((item) => !item.locked);
  }

  change(what: string, items: readonly BoardItem[]): void {
    if (items.length > 0) this.#commitEdit({ what, changes: items.map((item) => ({ id: item.id, item })) });
  }

  add(what: string, items: readonly BoardItem[]): boolean {
    if (this.model.size + items.length > kMostItems) {
      toasts.error(t("boards.full", { most: kMostItems, n: items.length }));
      return false;
    }
    this.change(what, items);
    this.select(items.map(({ id }) => id));
    this.announce(what);
    return true;
  }

  #commitEdit(edit: Edit): void {
    this.#show(edit.changes, false);
    if (edit.name !== undefined) this.name = edit.name;
    this.queue.push({ kind: "edit", edit });
  }

  announce(text: string): void {
    this.announcement = text;
  }

  undo(): void {
    if (this.canUndo) this.queue.push({ kind: "undo" });
  }

  redo(): void {
    if (this.canRedo) this.queue.push({ kind: "redo" });
  }

  rename(name: string): void {
    if (name && name !== this.name) this.#commitEdit({ what: t("boards.did.rename"), changes: [], name });
  }

  remove(): void {
    const items = this.free();
    if (items.length === 0) return;
    const what = t("boards.did.delete", { n: items.length });
    this.#commitEdit({ what, changes: items.map(({ id }) => ({ id, item: null })) });
    toasts.show(what, { label: t("toast.undo"), run: () => this.undo() });
    this.announce(what);
  }

  duplicate(): void {
    const items = this.chosen();
    const box = union(items.map(bounds));
    if (!box) return;
    const groups = new Map<string, string>();
    const shift = 24 / this.camera.zoom;
    const top = this.model.topZ();
    const copies = items.map((item, i) => {
      if (item.group && !groups.has(item.group)) groups.set(item.group, newId("g"));
      return { ...moved(item, shift, shift), id: newId(item.kind[0] as string), z: top + 1 + i, group: groups.get(item.group) ?? "", locked: false };
    });
    this.add(t("boards.did.duplicate", { n: copies.length }), copies);
  }

  group(): void {
    const group = newId("g");
    this.change(t("boards.did.group", { n: this.selection.size }), this.chosen().map((item) => ({ ...item, group })));
  }

  ungroup(): void {
    const grouped = this.chosen().filter((item) => item.group);
    this.change(t("boards.did.ungroup"), grouped.map((item) => ({ ...item, group: "" })));
  }

  toggle(field: "locked" | "grey" | "flip_x" | "flip_y"): void {
    const items = field === "locked" ? this.chosen() : this.free().filter((item) => item.kind === "picture");
    const on = field === "flip_x" || field === "flip_y" ? null : !items.every((item) => item[field]);
    this.change(tAny(`boards.did.${field}`, { n: items.length }), items.map((item) => ({ ...item, [field]: on ?? !item[field] })));
  }

  opacity(value: number): void {
    this.change(t("boards.did.opacity"), this.free().map((item) => ({ ...item, opacity: value })));
  }

  colour(value: string): void {
    this.change(t("boards.did.colour"), this.free().filter((item) => item.kind !== "picture").map((item) => ({ ...item, colour: value })));
  }

  crop(crop: Crop): void {
    const item = this.cropping ? this.model.get(this.cropping) : undefined;
    if (item && crop[2] - crop[0] >= 0.02 && crop[3] - crop[1] >= 0.02) this.change(t("boards.did.crop"), [withCrop(item, crop)]);
  }

  turn(degrees: number): void {
    const items = this.free();
    const box = union(items.map(bounds));
    if (box) this.change(t("boards.did.rotate", { n: items.length }), rotated(items, middle(box), degrees));
  }

  raise(front: boolean): void {
    const items = [...this.free()].sort((a, b) => a.z - b.z);
    const start = front ? this.model.topZ() + 1 : this.model.bottomZ() - items.length;
    this.change(t(front ? "boards.did.front" : "boards.did.back"), items.map((item, i) => ({ ...item, z: start + i })));
  }

  nudge(dx: number, dy: number): void {
    this.change(t("boards.did.move", { n: this.selection.size }), this.free().map((item) => moved(item, dx, dy)));
  }

  align(edge: Edge): void {
    this.change(t("boards.did.align"), align(this.free(), edge));
  }

  distribute(axis: "x" | "y"): void {
    this.change(t("boards.did.distribute"), distribute(this.free(), axis));
  }

  normalise(measure: Measure): void {
    this.change(t("boards.did.normalise"), normalise(this.free(), measure));
  }

  /** Arranges the chosen pictures, or all. Fits the view when everything moved. */
  arrange(by: T.Arrangement): void {
    const items = this.free().filter((item) => item.kind === "picture").map((item) => item.id);
    const request: T.ArrangeRequest = items.length > 1 ? { by, items } : { by };
    this.announce(t("boards.arranging"));
    this.queue.push({
      kind: "call",
      run: () => api.arrange(this.id, request),
      done: (ok) => {
        if (!ok) return;
        this.announce(t("boards.arranged"));
        if (!request.items) this.fit();
      },
    });
  }

  restore(version: number): void {
    this.queue.push({ kind: "call", run: () => api.restoreVersion(this.id, version), done: (ok) => ok && this.announce(t("boards.restored")) });
  }

  fit(box: Rect | null = this.model.extent()): void {
    if (box) this.camera.fit(box, this.viewSize(), 48, 2);
    this.moved();
  }

  zoom(factor: number): void {
    const { width, height } = this.viewSize();
    this.camera.zoomAt({ x: width / 2, y: height / 2 }, factor);
    this.moved();
  }

  saveText(text: string): void {
    const item = this.editing ? this.model.get(this.editing) : undefined;
    this.editing = null;
    if (item && text !== item.text) {
      const height = item.kind === "note" ? Math.max(item.height, noteHeight(text, item.width, item.font_px)) : item.height;
      this.change(t(item.kind === "picture" ? "boards.did.caption" : "boards.did.text"), [{ ...item, text, height }]);
    } else if (item && item.kind === "note" && !text) {
      this.#commitEdit({ what: t("boards.did.delete", { n: 1 }), changes: [{ id: item.id, item: null }] });
    }
    this.redraw();
  }

  /** To the next or previous item as they are read; it is shown and named. */
  walk(step: number): void {
    const order = this.model.readingOrder();
    if (order.length === 0) return;
    const at = order.findIndex((item) => item.id === this.focused);
    const next = order[at < 0 ? (step > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + step))] as BoardItem;
    this.focused = next.id;
    this.focusShown = true;
    if (this.camera.reveal(inkBounds(next), this.viewSize())) this.view++;
    this.redraw();
  }

  // Pictures that come in.

  #content(asset: number): Promise<string | null> {
    let content = this.#contents.get(asset);
    if (!content) {
      content = api.details(asset).then((answer) => (answer.ok ? answer.value.content : null));
      this.#contents.set(asset, content);
    }
    return content;
  }

  /** Pictures of the library onto the board: where the pointer let go, into the gap, or in the middle of the view. */
  async addPictures(pictures: readonly { id: number; aspect: number }[], at?: Point, into?: Rect | null): Promise<boolean> {
    const contents = await mapFew(pictures, 4, (picture) => this.#content(picture.id));
    const known = pictures.filter((_, i) => contents[i]);
    if (known.length < pictures.length) toasts.error(t("boards.unknown_pictures", { n: pictures.length - known.length }));
    if (known.length === 0) return false;
    const size = this.viewSize();
    const height = Math.min(kPictureHeight / Math.min(1, this.camera.zoom), 2000);
    let boxes = rows(known.map(({ aspect }) => aspect), { x: 0, y: 0 }, height, 24);
    if (into && known.length === 1) {
      const aspect = (known[0] as { aspect: number }).aspect;
      const width = Math.min(into.width, into.height * aspect);
      boxes = [{ x: into.x + (into.width - width) / 2, y: into.y + (into.height - width / aspect) / 2, width, height: width / aspect }];
    } else {
      const box = union(boxes) as Rect;
      const about = at ?? this.#freePlace(box, this.camera.toBoard({ x: size.width / 2, y: size.height / 2 }));
      boxes = boxes.map((one) => ({ ...one, x: one.x + about.x - box.width / 2, y: one.y + about.y - box.height / 2 }));
    }
    const top = this.model.topZ();
    const byId = new Map(pictures.map((picture, i) => [picture.id, contents[i] as string]));
    const items = known.map((picture, i) =>
      completeItem({ id: newId("p"), kind: "picture", ...(boxes[i] as Rect), z: top + 1 + i, content: byId.get(picture.id) as string, asset: picture.id }),
    );
    return this.add(t("boards.did.add", { n: items.length }), items);
  }

  /** The middle of a free place of that size near a point: to the right of what lies there. */
  #freePlace(box: Rect, near: Point): Point {
    let x = near.x;
    for (let tries = 0; tries < 200; tries++) {
      const place = { x: x - box.width / 2, y: near.y - box.height / 2, width: box.width, height: box.height };
      const inWay = this.model.inArea(place).filter((item) => item.kind !== "frame");
      if (inWay.length === 0) return { x, y: near.y };
      x = Math.max(...inWay.map((item) => bounds(item).x + bounds(item).width)) + 24 + box.width / 2;
    }
    return { x, y: near.y };
  }

  pasteText(text: string): void {
    const size = this.viewSize();
    const at = this.camera.toBoard({ x: size.width / 2, y: size.height / 2 });
    const font_px = Math.max(4, Math.round(18 / this.camera.zoom));
    const width = 280 / this.camera.zoom;
    const short = text.slice(0, 3000);
    const height = noteHeight(short, width, font_px);
    this.add(t("boards.did.note"), [completeItem({ id: newId("n"), kind: "note", x: at.x - width / 2, y: at.y - height / 2, width, height, font_px, text: short, z: this.model.topZ() + 1 })]);
  }
}

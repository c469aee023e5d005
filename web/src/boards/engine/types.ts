// What lies on a board, as the server says it (docs/boards.md): lengths in board units, one of which is a pixel of
// the screen at 100 %. x grows to the right, y downwards, angles clockwise.

export type ItemKind = "picture" | "note" | "arrow" | "frame";

/** Shares of the upright picture from its top left corner: left, top, right, bottom. */
export type Crop = readonly [number, number, number, number];

/** The box is the one before it is turned about its middle. Never changed in place: a change is a new object. */
export interface BoardItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotation_deg: number;
  readonly z: number;
  readonly opacity: number;
  readonly locked: boolean;
  readonly group: string;
  readonly content: string;
  readonly asset: number;
  readonly crop: Crop;
  readonly flip_x: boolean;
  readonly flip_y: boolean;
  readonly grey: boolean;
  readonly text: string;
  readonly font_px: number;
  readonly colour: string;
}

/** An item as it comes over the wire: fields that have their default are left out. */
export type WireItem = { readonly id: string } & Partial<BoardItem>;

export interface ItemChange {
  readonly id: string;
  readonly item: BoardItem | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const kWholePicture: Crop = [0, 0, 1, 1];
export const kMostItems = 20_000;
export const kFarthest = 1e7;

const kDefaults: Omit<BoardItem, "id"> = {
  kind: "picture",
  x: 0,
  y: 0,
  width: 100,
  height: 100,
  rotation_deg: 0,
  z: 0,
  opacity: 1,
  locked: false,
  group: "",
  content: "",
  asset: 0,
  crop: kWholePicture,
  flip_x: false,
  flip_y: false,
  grey: false,
  text: "",
  font_px: 24,
  colour: "",
};

export function completeItem(wire: WireItem): BoardItem {
  return { ...kDefaults, ...wire };
}

/** The item without the fields that have their default; `asset` is the server's to fill in. */
export function wireItem(item: BoardItem): WireItem {
  const wire: Record<string, unknown> = { id: item.id, kind: item.kind };
  for (const key of Object.keys(kDefaults) as (keyof typeof kDefaults)[]) {
    if (key === "kind" || key === "asset") continue;
    const value = item[key];
    const plain = key === "crop" ? isWhole(item.crop) : value === kDefaults[key];
    const always = key === "x" || key === "y" || key === "width" || key === "height";
    if (!plain || always) wire[key] = value;
  }
  return wire as WireItem;
}

export function isWhole(crop: Crop): boolean {
  return crop[0] === 0 && crop[1] === 0 && crop[2] === 1 && crop[3] === 1;
}

const kIdLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new id: 16 letters of 36, chosen at random, so that two tabs do not choose the same. */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let id = prefix;
  for (const byte of bytes) id += kIdLetters[byte % 36];
  return id;
}

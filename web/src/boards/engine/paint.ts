// Painting one item onto any canvas whose transform maps board units to its pixels.

import { arrowWidth, captionFont, kCaptionGap, kCaptionLines, middle } from "./geometry";
import { isWhole, type BoardItem, type Rect } from "./types";
import type { ImageCache } from "./images";

export type Surface = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Colours of the theme, read from its custom properties. */
export interface Inks {
  readonly sheet: string;
  readonly ink: string;
  readonly quiet: string;
  readonly paper: string;
  readonly paperInk: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly empty: string;
}

export const kFontFamily = "system-ui, sans-serif";
export const kNotePadding = 0.6;
export const kLineHeight = 1.35;

/** What of the bitmap is shown, in its pixels. */
export function cropped(item: BoardItem, width: number, height: number): Rect {
  const [left, top, right, bottom] = item.crop;
  return { x: left * width, y: top * height, width: (right - left) * width, height: (bottom - top) * height };
}

/** The long side of the whole picture, were it not cropped, on a canvas of this scale. */
export function shownEdge(item: BoardItem, scale: number): number {
  const [left, top, right, bottom] = item.crop;
  return Math.max(item.width / Math.max(1e-6, right - left), item.height / Math.max(1e-6, bottom - top)) * scale;
}

/** @param scale pixels of the canvas a board unit takes; `wanted` whether better pictures may be fetched. */
export function paintItem(to: Surface, item: BoardItem, scale: number, images: ImageCache, inks: Inks, wanted = true): void {
  if (item.opacity <= 0) return;
  const box = Math.max(Math.abs(item.width), Math.abs(item.height)) * scale;
  if (box < 0.5) return;
  to.save();
  to.globalAlpha *= item.opacity;
  if (item.rotation_deg !== 0) {
    const about = middle(item);
    to.translate(about.x, about.y);
    to.rotate((item.rotation_deg * Math.PI) / 180);
    to.translate(-about.x, -about.y);
  }
  if (item.kind === "picture") paintPicture(to, item, scale, images, inks, wanted);
  else if (item.kind === "note") paintNote(to, item, scale, inks);
  else if (item.kind === "arrow") paintArrow(to, item, inks);
  else paintFrame(to, item, scale, inks);
  to.restore();
}

function paintPicture(to: Surface, item: BoardItem, scale: number, images: ImageCache, inks: Inks, wanted: boolean): void {
  const bitmap = item.asset ? images.best(item.asset, shownEdge(item, scale), wanted) : null;
  const trouble = item.asset ? images.trouble(item.asset) : "missing";
  if (!bitmap) {
    to.fillStyle = inks.empty;
    to.fillRect(item.x, item.y, item.width, item.height);
  } else {
    const from = isWhole(item.crop)
      ? { x: 0, y: 0, width: bitmap.width, height: bitmap.height }
      : cropped(item, bitmap.width, bitmap.height);
    to.save();
    if (item.flip_x || item.flip_y) {
      const about = middle(item);
      to.translate(about.x, about.y);
      to.scale(item.flip_x ? -1 : 1, item.flip_y ? -1 : 1);
      to.translate(-about.x, -about.y);
    }
    to.imageSmoothingQuality = from.width > item.width * scale * 1.6 ? "medium" : "low";
    const grey = item.grey ? greyed(bitmap) : bitmap;
    to.drawImage(grey, from.x, from.y, from.width, from.height, item.x, item.y, item.width, item.height);
    to.restore();
  }
  if (trouble === "missing") paintMissing(to, item, scale, inks);
  if (item.text) paintCaption(to, item, scale, inks);
}

function paintCaption(to: Surface, item: BoardItem, scale: number, inks: Inks): void {
  const font = captionFont(item);
  if (font * scale < 4) return;
  const lines = wrap(item.text, item.width, font);
  to.fillStyle = inks.ink;
  to.font = `${font}px ${kFontFamily}`;
  to.textBaseline = "top";
  lines.slice(0, kCaptionLines).forEach((line, i) => {
    const cut = i === kCaptionLines - 1 && lines.length > kCaptionLines;
    to.fillText(cut ? `${line}\u2026` : line, item.x, item.y + item.height + kCaptionGap + i * 1.4 * font, item.width);
  });
}

const kGreyed = new WeakMap<ImageBitmap, OffscreenCanvas>();

/** The bitmap without its colours, made once: a filter on every frame would be made on every frame. */
function greyed(bitmap: ImageBitmap): OffscreenCanvas {
  let canvas = kGreyed.get(bitmap);
  if (!canvas) {
    canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const to = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    to.drawImage(bitmap, 0, 0);
    to.globalCompositeOperation = "saturation";
    to.fillStyle = "#808080";
    to.fillRect(0, 0, canvas.width, canvas.height);
    kGreyed.set(bitmap, canvas);
  }
  return canvas;
}

/** A mark in the corner: a slashed circle, at one size on the screen. */
function paintMissing(to: Surface, item: BoardItem, scale: number, inks: Inks): void {
  const size = Math.min(14 / scale, item.width / 4, item.height / 4);
  const x = item.x + item.width - size * 1.5;
  const y = item.y + size * 1.5;
  to.fillStyle = inks.sheet;
  to.strokeStyle = inks.ink;
  to.lineWidth = size / 5;
  to.beginPath();
  to.arc(x, y, size, 0, Math.PI * 2);
  to.fill();
  to.stroke();
  to.beginPath();
  to.moveTo(x - size * 0.6, y + size * 0.6);
  to.lineTo(x + size * 0.6, y - size * 0.6);
  to.stroke();
}

interface Wrapped {
  readonly width: number;
  readonly lines: string[];
}
const kWrapped = new Map<string, Wrapped>();
let measurer: OffscreenCanvasRenderingContext2D | null = null;

/** The text in lines that fit the width, at words where there are any. */
export function wrap(text: string, width: number, font_px: number): string[] {
  const key = `${font_px}|${Math.round(width * 4)}|${text}`;
  const known = kWrapped.get(key);
  if (known) return known.lines;
  measurer ??= new OffscreenCanvas(1, 1).getContext("2d") as OffscreenCanvasRenderingContext2D;
  measurer.font = `${font_px}px ${kFontFamily}`;
  const measure = (piece: string): number => (measurer as OffscreenCanvasRenderingContext2D).measureText(piece).width;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = "";
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line && measure((line + word).trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = "";
      }
      line += word;
      while (line.length > 1 && measure(line.trimEnd()) > width) {
        let fits = Math.max(1, Math.floor((line.length * width) / Math.max(1, measure(line))));
        while (fits > 1 && measure(line.slice(0, fits)) > width) fits--;
        lines.push(line.slice(0, fits));
        line = line.slice(fits);
      }
    }
    lines.push(line.trimEnd());
  }
  if (kWrapped.size > 2000) kWrapped.clear();
  kWrapped.set(key, { width, lines });
  return lines;
}

/** How high a note has to be for its text. */
export function noteHeight(text: string, width: number, font_px: number): number {
  const padding = font_px * kNotePadding;
  const lines = wrap(text || " ", Math.max(font_px, width - 2 * padding), font_px).length;
  return Math.ceil(lines * font_px * kLineHeight + 2 * padding);
}

function luminance(colour: string): number {
  const value = parseInt(colour.slice(1), 16);
  const channel = (shift: number): number => {
    const c = ((value >> shift) & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

/** Black or white, whichever is read better on the colour. */
export function inkOn(colour: string): string {
  return luminance(colour) > 0.18 ? "#111111" : "#ffffff";
}

function paintNote(to: Surface, item: BoardItem, scale: number, inks: Inks): void {
  to.fillStyle = item.colour || inks.paper;
  to.fillRect(item.x, item.y, item.width, item.height);
  to.fillStyle = item.colour ? inkOn(item.colour) : inks.paperInk;
  const padding = item.font_px * kNotePadding;
  const line = item.font_px * kLineHeight;
  const width = Math.max(item.font_px, item.width - 2 * padding);
  if (item.font_px * scale < 3) {
    to.globalAlpha *= 0.35;
    for (let y = item.y + padding; y + line <= item.y + item.height; y += line * 1.5) {
      to.fillRect(item.x + padding, y, width * 0.8, line / 2);
    }
    return;
  }
  to.beginPath();
  to.rect(item.x, item.y, item.width, item.height);
  to.clip();
  to.font = `${item.font_px}px ${kFontFamily}`;
  to.textBaseline = "middle";
  const lines = wrap(item.text, width, item.font_px);
  for (let i = 0; i < lines.length; i++) {
    const y = item.y + padding + i * line;
    if (y > item.y + item.height) break;
    to.fillText(lines[i] as string, item.x + padding, y + line / 2);
  }
}

function paintArrow(to: Surface, item: BoardItem, inks: Inks): void {
  const width = arrowWidth(item);
  const endX = item.x + item.width;
  const endY = item.y + item.height;
  const angle = Math.atan2(item.height, item.width);
  const head = Math.min(width * 4, Math.hypot(item.width, item.height) / 2);
  to.strokeStyle = to.fillStyle = item.colour || inks.accent;
  to.lineWidth = width;
  to.lineCap = "round";
  to.beginPath();
  to.moveTo(item.x, item.y);
  to.lineTo(endX - Math.cos(angle) * head * 0.8, endY - Math.sin(angle) * head * 0.8);
  to.stroke();
  to.beginPath();
  to.moveTo(endX, endY);
  to.lineTo(endX - head * Math.cos(angle - 0.45), endY - head * Math.sin(angle - 0.45));
  to.lineTo(endX - head * Math.cos(angle + 0.45), endY - head * Math.sin(angle + 0.45));
  to.closePath();
  to.fill();
}

function paintFrame(to: Surface, item: BoardItem, scale: number, inks: Inks): void {
  to.strokeStyle = item.colour || inks.quiet;
  to.lineWidth = Math.max(1.5 / scale, 2);
  to.strokeRect(item.x, item.y, item.width, item.height);
  if (!item.text || item.font_px * scale < 4) return;
  to.fillStyle = item.colour || inks.ink;
  to.font = `600 ${item.font_px}px ${kFontFamily}`;
  to.textBaseline = "bottom";
  to.beginPath();
  to.rect(item.x, item.y - item.font_px * 1.6, item.width, item.font_px * 1.6);
  to.save();
  to.clip();
  to.fillText(item.text.split('\n')[0] as string, item.x, item.y - item.font_px * 0.2);
  to.restore();
}

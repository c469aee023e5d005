// Decoded pictures at three sizes, fetched when a frame wants them and dropped when the byte budget is spent.
//
// A frame asks `best(asset, px)` and gets at once the nearest size that is there, or nothing; what it would have
// liked is noted and fetched afterwards, largest on the screen first, decoded off the main thread. From each
// thumbnail a small one is kept too (64 px): painting a thousand pictures of 30 px from 256 px thumbnails would
// read sixty times the pixels that are shown.

export type Level = 64 | 256 | 1024 | 2048;
export type Bitmap = ImageBitmap;

interface Held {
  readonly bitmap: Bitmap;
  readonly bytes: number;
  used: number;
}

type Trouble = "missing" | "failed";

export interface ImageSource {
  /** The bytes of a picture file. Rejects with a `status` (404, ...) where the server has an answer. */
  load(asset: number, level: 256 | 1024 | 2048, stop: AbortSignal): Promise<Blob>;
}

const kBudgetBytes = 256 * 1024 * 1024;
const kAtOnce = { thumbnail: 6, rendition: 2 };
const kRetryAfterMs = 15_000;

export function levelFor(px: number): Level {
  return px <= 56 ? 64 : px <= 300 ? 256 : px <= 1100 ? 1024 : 2048;
}

export class ImageCache {
  #held = new Map<string, Held>();
  #wanted = new Map<string, { asset: number; level: 256 | 1024 | 2048; px: number }>();
  #loading = new Map<string, AbortController>();
  #trouble = new Map<string, { what: Trouble; at: number }>();
  #bytes = 0;
  #tick = 0;
  #closed = false;
  readonly #source: ImageSource;
  readonly #arrived: (asset: number) => void;
  readonly #budget: number;

  constructor(source: ImageSource, arrived: (asset: number) => void, budget = kBudgetBytes) {
    this.#source = source;
    this.#arrived = arrived;
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get busy(): boolean {
    return this.#loading.size > 0 || this.#wanted.size > 0;
  }

  /** The best there is for a picture shown `px` device pixels long, and a note of what would be better. */
  best(asset: number, px: number, wanted = true): Bitmap | null {
    const level = levelFor(px);
    const order: Level[] =
      level === 64 ? [64, 256, 1024, 2048] : level === 256 ? [256, 1024, 2048, 64] : level === 1024 ? [1024, 2048, 256, 64] : [2048, 1024, 256, 64];
    let found: Held | undefined;
    for (const candidate of order) {
      found = this.#held.get(`${asset}@${candidate}`);
      if (found) {
        found.used = ++this.#tick;
        if (candidate !== level && wanted) this.#want(asset, level, px);
        return found.bitmap;
      }
    }
    if (wanted) {
      this.#want(asset, 256, px);
    }
    return null;
  }

  /** Why the picture is not there in full: its file is gone, or it cannot be shown now. */
  trouble(asset: number): Trouble | null {
    return this.#trouble.get(`${asset}@1024`)?.what ?? this.#trouble.get(`${asset}@2048`)?.what ?? this.#trouble.get(`${asset}@256`)?.what ?? null;
  }

  /** Begins fetching what the last frames wanted. Called after a frame, so that it never delays one. */
  pump(): void {
    if (this.#closed) return;
    const wanted = [...this.#wanted.entries()].sort((a, b) => a[1].level - b[1].level || b[1].px - a[1].px);
    this.#wanted.clear();
    let thumbnails = 0;
    let renditions = 0;
    for (const key of this.#loading.keys()) {
      if (key.endsWith("@256")) thumbnails++;
      else renditions++;
    }
    for (const [key, want] of wanted) {
      const isThumbnail = want.level === 256;
      if (isThumbnail ? thumbnails >= kAtOnce.thumbnail : renditions >= kAtOnce.rendition) {
        this.#wanted.set(key, want);
        continue;
      }
      if (isThumbnail) thumbnails++;
      else renditions++;
      void this.#load(key, want.asset, want.level);
    }
  }

  /** What was wanted and has not begun is forgotten: the view is another one now. */
  forgetWanted(): void {
    this.#wanted.clear();
  }

  /** A picture's file may be back: ask again. */
  forgive(): void {
    this.#trouble.clear();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#loading.values()) stop.abort();
    for (const held of this.#held.values()) held.bitmap.close();
    this.#held.clear();
    this.#bytes = 0;
  }

  #want(asset: number, level: Level, px: number): void {
    const fetched = level === 64 ? 256 : level;
    const key = `${asset}@${fetched}`;
    if (this.#loading.has(key) || this.#held.has(key)) return;
    const trouble = this.#trouble.get(key);
    if (trouble && performance.now() - trouble.at < kRetryAfterMs) return;
    const known = this.#wanted.get(key);
    if (!known || known.px < px) this.#wanted.set(key, { asset, level: fetched, px });
  }

  async #load(key: string, asset: number, level: 256 | 1024 | 2048): Promise<void> {
    const stop = new AbortController();
    this.#loading.set(key, stop);
    try {
      const blob = await this.#source.load(asset, level, stop.signal);
      const bitmap = await createImageBitmap(blob);
      if (this.#closed) {
        bitmap.close();
        return;
      }
      this.#keep(key, bitmap);
      this.#trouble.delete(key);
      if (level === 256) await this.#keepSmall(asset, bitmap);
      this.#arrived(asset);
    } catch (error) {
      if (this.#closed) return;
      const status = (error as { status?: number }).status;
      this.#trouble.set(key, { what: status === 404 ? "missing" : "failed", at: performance.now() });
      this.#arrived(asset);
    } finally {
      this.#loading.delete(key);
      this.pump();
    }
  }

  async #keepSmall(asset: number, bitmap: Bitmap): Promise<void> {
    const scale = 64 / Math.max(bitmap.width, bitmap.height);
    if (scale >= 1) return;
    const small = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(bitmap.width * scale)),
      resizeHeight: Math.max(1, Math.round(bitmap.height * scale)),
      resizeQuality: "high",
    });
    if (this.#closed) small.close();
    else this.#keep(`${asset}@64`, small);
  }

  #keep(key: string, bitmap: Bitmap): void {
    const before = this.#held.get(key);
    if (before) {
      this.#bytes -= before.bytes;
      before.bitmap.close();
    }
    const bytes = bitmap.width * bitmap.height * 4;
    this.#held.set(key, { bitmap, bytes, used: ++this.#tick });
    this.#bytes += bytes;
    if (this.#bytes > this.#budget) this.#evict(key);
  }

  #evict(keep: string): void {
    const byAge = [...this.#held.entries()].sort((a, b) => a[1].used - b[1].used);
    for (const [key, held] of byAge) {
      if (this.#bytes <= this.#budget * 0.8) break;
      if (key === keep || key.endsWith("@64")) continue;
      this.#held.delete(key);
      this.#bytes -= held.bytes;
      held.bitmap.close();
    }
  }
}

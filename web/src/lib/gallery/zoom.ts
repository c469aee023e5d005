// How a picture lies in its window: scaled, and shifted from the middle. Scale 1 shows all of it.

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const kWhole: View = { scale: 1, x: 0, y: 0 };

/** The size at which a picture of this shape fits; never larger than the picture where its size is known. */
export function fitted(window: Size, aspect: number, natural?: Size): Size {
  const width = Math.min(window.width, window.height * aspect, natural ? Math.max(natural.width, 320) : Infinity);
  return { width, height: width / aspect };
}

/** Kept so that the picture covers the window where it can, and lies in the middle where it cannot. */
export function held(view: View, window: Size, fit: Size, largest: number): View {
  const scale = Math.min(Math.max(1, view.scale), Math.max(1, largest));
  const over = (length: number, room: number) => Math.max(0, (length * scale - room) / 2);
  const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value)) + 0;
  return { scale, x: clamp(view.x, over(fit.width, window.width)), y: clamp(view.y, over(fit.height, window.height)) };
}

/** Scaled by `factor` so that what lies under the point (from the middle of the window) stays there. */
export function zoomedAt(view: View, factor: number, x: number, y: number): View {
  return { scale: view.scale * factor, x: x - (x - view.x) * factor, y: y - (y - view.y) * factor };
}

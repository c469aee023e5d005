// Snapping while something is dragged: an edge or middle of the moving box that comes near an edge or middle of a
// box that lies still is drawn to it, and a guide shows along what. Each axis snaps by itself, to the nearest.
// Equal distances snap too: where the box would stand as far from a neighbour as that stands from the next.

import type { Rect } from "./types";

export interface Guide {
  readonly axis: "x" | "y";
  /** Where the line stands on its axis, and from where to where it runs on the other. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Snap {
  readonly dx: number;
  readonly dy: number;
  readonly guides: readonly Guide[];
}

interface Span {
  readonly low: number;
  readonly length: number;
  readonly crossLow: number;
  readonly crossHigh: number;
}

function spanOf(box: Rect, axis: "x" | "y"): Span {
  return axis === "x"
    ? { low: box.x, length: box.width, crossLow: box.y, crossHigh: box.y + box.height }
    : { low: box.y, length: box.height, crossLow: box.x, crossHigh: box.x + box.width };
}

function places(span: Span): [number, number, number] {
  return [span.low, span.low + span.length / 2, span.low + span.length];
}

/** The shift to equal gaps in a row of boxes that share the moving box's height, or null. */
function gapShift(moving: Span, others: readonly Span[], reach: number): number | null {
  const row = others
    .filter((other) => other.crossLow < moving.crossHigh && moving.crossLow < other.crossHigh)
    .sort((a, b) => a.low - b.low);
  let best: number | null = null;
  const consider = (low: number): void => {
    const shift = low - moving.low;
    if (Math.abs(shift) <= reach && (best === null || Math.abs(shift) < Math.abs(best))) best = shift;
  };
  for (let i = 0; i + 1 < row.length; i++) {
    const a = row[i] as Span;
    const b = row[i + 1] as Span;
    const gap = b.low - (a.low + a.length);
    if (gap <= 0) continue;
    consider(b.low + b.length + gap);
    consider(a.low - gap - moving.length);
    if (gap > moving.length) consider(a.low + a.length + (gap - moving.length) / 2);
  }
  return best;
}

function snapAxis(moving: Rect, others: readonly Rect[], reach: number, axis: "x" | "y"): { shift: number; guides: Guide[] } {
  const span = spanOf(moving, axis);
  const spans = others.map((other) => spanOf(other, axis));
  let shift = Infinity;
  for (const other of spans) {
    for (const to of places(other)) {
      for (const from of places(span)) {
        if (Math.abs(to - from) < Math.abs(shift)) shift = to - from;
      }
    }
  }
  const gap = gapShift(span, spans, reach);
  if (gap !== null && Math.abs(gap) + reach / 4 < Math.abs(shift)) shift = gap;
  if (Math.abs(shift) > reach) return { shift: 0, guides: [] };

  const guides = new Map<number, Guide>();
  const moved = places({ ...span, low: span.low + shift });
  for (const other of spans) {
    for (const at of places(other)) {
      if (!moved.some((place) => Math.abs(place - at) < 1e-6 * Math.max(1, Math.abs(at)))) continue;
      const known = guides.get(at);
      guides.set(at, {
        axis,
        at,
        from: Math.min(known?.from ?? span.crossLow, other.crossLow, span.crossLow),
        to: Math.max(known?.to ?? span.crossHigh, other.crossHigh, span.crossHigh),
      });
    }
  }
  return { shift, guides: [...guides.values()] };
}

/** @param reach how near, in board units, an edge must come. */
export function snap(moving: Rect, others: readonly Rect[], reach: number): Snap {
  const x = snapAxis(moving, others, reach, "x");
  const y = snapAxis(moving, others, reach, "y");
  return { dx: x.shift, dy: y.shift, guides: [...x.guides, ...y.guides] };
}

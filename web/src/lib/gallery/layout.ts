// Justified rows: pictures keep their shapes, every row is as wide as the page, and heights stay near one measure.
//
// Pictures come in sections (a month, the certain hits), each below a heading of its own. Within a section rows are filled
// from the left: a row ends where its height comes nearest to `target`. The last row of a section keeps the target height
// and ends where it ends. All of it is one pass over typed arrays, so that 100,000 pictures are laid out within a frame
// and a resize can simply do it again. Where a tile lies in its row follows from the shapes before it and is worked out
// only for rows that are shown.

export interface Section {
  /** Index of its first picture; sections follow one another without gaps. */
  readonly start: number;
  readonly count: number;
  /** Height of its heading in px; 0 for none. */
  readonly heading: number;
}

export interface Layout {
  readonly width: number;
  readonly gap: number;
  readonly rows: number;
  /** First picture of each row, and one past the last. */
  readonly rowStart: Int32Array;
  readonly rowTop: Float64Array;
  readonly rowHeight: Float32Array;
  /** Where each section's heading lies. */
  readonly sectionTop: Float64Array;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly width: number;
}

// Beyond these a tile would be too thin to hit or to see; the picture then stands inside its tile with room beside it.
const kNarrowest = 0.35;
const kWidest = 8;
// A last row, or one that a very wide picture cut short, never grows beyond this many targets.
const kTallest = 1.4;

export const shapeOf = (aspect: number): number => (aspect > kNarrowest ? (aspect < kWidest ? aspect : kWidest) : kNarrowest);

/** @param width of the page in px; @param target height of a row in px. */
export function justify(aspects: Float32Array, sections: readonly Section[], width: number, target: number, gap: number): Layout {
  const count = aspects.length;
  const rowStart = new Int32Array(count + 1);
  const rowTop = new Float64Array(count);
  const rowHeight = new Float32Array(count);
  const sectionTop = new Float64Array(sections.length);
  let rows = 0;
  let top = 0;
  const close = (start: number, height: number) => {
    rowStart[rows] = start;
    rowTop[rows] = top;
    rowHeight[rows] = height;
    ++rows;
    top += height + gap;
  };
  const heightOf = (shapes: number, tiles: number) => Math.max(1, (width - gap * (tiles - 1)) / shapes);
  sections.forEach((section, s) => {
    sectionTop[s] = top;
    top += section.heading;
    const end = section.start + section.count;
    let start = section.start;
    let sum = 0;
    for (let i = start; i < end; ++i) {
      const shape = shapeOf(aspects[i] as number);
      const height = heightOf(sum + shape, i - start + 1);
      if (height > target) {
        sum += shape;
        continue;
      }
      const before = i > start ? heightOf(sum, i - start) : Infinity;
      if (before - target < target - height && before <= kTallest * target) {
        close(start, before);
        start = i;
        sum = shape;
        const alone = heightOf(sum, 1);
        if (alone > target) continue;
        close(start, alone);
      } else {
        close(start, height);
      }
      start = i + 1;
      sum = 0;
    }
    if (start < end) close(start, Math.min(target, heightOf(sum, end - start)));
  });
  rowStart[rows] = count;
  return {
    width,
    gap,
    rows,
    rowStart: rowStart.subarray(0, rows + 1),
    rowTop: rowTop.subarray(0, rows),
    rowHeight: rowHeight.subarray(0, rows),
    sectionTop,
    height: Math.max(0, top - gap),
  };
}

/** The last i with values[i] <= wanted, 0 where there is none. */
function lastUpTo(values: Int32Array | Float64Array, length: number, wanted: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] as number) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row at height y, or the one above where y lies between two. */
export const rowAt = (layout: Layout, y: number): number => lastUpTo(layout.rowTop, layout.rows, y);

export const rowOf = (layout: Layout, picture: number): number => lastUpTo(layout.rowStart, layout.rows, picture);

/** The section whose heading lies at y or next above it. */
export const sectionAt = (layout: Layout, y: number): number => lastUpTo(layout.sectionTop, layout.sectionTop.length, y);

/** The boxes of a row's pictures, from the row's beginning. */
export function boxesOf(layout: Layout, aspects: Float32Array, row: number): Box[] {
  const boxes: Box[] = [];
  const height = layout.rowHeight[row] as number;
  let left = 0;
  for (let i = layout.rowStart[row] as number; i < (layout.rowStart[row + 1] as number); ++i) {
    const width = shapeOf(aspects[i] as number) * height;
    boxes.push({ left, width });
    left += width + layout.gap;
  }
  return boxes;
}

/** The picture one row on (step 1) or back (-1) that lies nearest below or above the middle of `picture`. */
export function besideRow(layout: Layout, aspects: Float32Array, picture: number, step: 1 | -1): number {
  const row = rowOf(layout, picture);
  const next = row + step;
  if (next < 0 || next >= layout.rows) return picture;
  const box = boxesOf(layout, aspects, row)[picture - (layout.rowStart[row] as number)] as Box;
  const middle = box.left + box.width / 2;
  let best = 0;
  let nearest = Infinity;
  boxesOf(layout, aspects, next).forEach(({ left, width }, i) => {
    const distance = Math.max(left - middle, middle - left - width, 0);
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  });
  return (layout.rowStart[next] as number) + best;
}

/** Pictures that a rectangle touches, in order. */
export function picturesIn(layout: Layout, aspects: Float32Array, x0: number, y0: number, x1: number, y1: number): number[] {
  const found: number[] = [];
  if (layout.rows === 0) return found;
  const [left, right] = x0 < x1 ? [x0, x1] : [x1, x0];
  const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
  for (let row = rowAt(layout, top); row < layout.rows && (layout.rowTop[row] as number) <= bottom; ++row) {
    if ((layout.rowTop[row] as number) + (layout.rowHeight[row] as number) < top) continue;
    const start = layout.rowStart[row] as number;
    boxesOf(layout, aspects, row).forEach((box, i) => {
      if (box.left <= right && box.left + box.width >= left) found.push(start + i);
    });
  }
  return found;
}

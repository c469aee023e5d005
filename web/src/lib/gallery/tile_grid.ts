// The tiles of the gallery. Only rows near the window are in the page; a row that leaves gives its elements to one that
// comes, so that scrolling makes no garbage. It is plain DOM on purpose: a framework would do nothing here but compare.
//
// For a screen reader it is one grid: rows are rows of the layout, a month's heading is a row of its own. One tile can be
// reached with Tab (the one last used), arrows go on from there; its row stays in the page even when it is out of sight.
import { addresses } from "../api";
import { formatPercent, t } from "../i18n";
import type { Hit, PictureId } from "../types";
import type { Heading } from "./headings";
import { boxesOf, rowAt, rowOf, sectionAt, type Layout } from "./layout";

export interface GridData {
  readonly ids: readonly PictureId[];
  readonly aspects: Float32Array;
  readonly layout: Layout;
  readonly headings: readonly Heading[];
  readonly hits: ReadonlyMap<PictureId, Hit>;
  /** Groups whose pictures are shown, by their first. */
  readonly opened: ReadonlyMap<PictureId, unknown>;
}

interface Tile {
  readonly cell: HTMLElement;
  readonly check: HTMLElement;
  readonly bar: HTMLElement;
  readonly why: HTMLElement;
  readonly badge: HTMLElement;
  picture: HTMLImageElement;
  id: PictureId;
  waiting: boolean;
}

interface Row {
  readonly element: HTMLElement;
  tiles: Tile[];
}

const kMostTiles = 360;
const kOverscan = 0.8;
/** Faster than this, in px a millisecond, nobody sees single pictures: they are asked for when it slows down. */
const kFastScroll = 8;
const kSettleMs = 90;

function made<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string, role?: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = name;
  if (role) element.setAttribute("role", role);
  return element;
}

export class TileGrid {
  private data: GridData | null = null;
  private selected: ReadonlySet<PictureId> = new Set();
  private focused = 0;
  private readonly rows = new Map<number, Row>();
  private readonly spare: Row[] = [];
  /** While new data comes: which tile shows a picture already. */
  private readonly shown = new Map<PictureId, Tile>();
  private readonly sections = new Map<number, HTMLElement>();
  private height = 0;
  private frame = 0;
  private last = { top: 0, at: 0 };
  private fast = false;
  private settle = 0;
  /** Pictures in sight that are on their way. Those out of sight wait for them: six connections are all there are. */
  private readonly coming = new Set<HTMLImageElement>();
  private marked = false;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly host: HTMLElement,
  ) {}

  /** Follows the scroller. Returns what ends that. */
  start(): () => void {
    const scrolled = () => this.scrolled();
    this.scroller.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      this.scroller.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(this.frame);
      window.clearTimeout(this.settle);
    };
  }

  /** @param height of the window into the grid, in px. */
  set(data: GridData, height: number): void {
    const before = this.data;
    this.data = data;
    this.height = height;
    if (before && before.ids === data.ids && before.layout === data.layout && before.hits === data.hits) return this.render();
    this.focused = Math.min(this.focused, Math.max(0, data.ids.length - 1));
    this.host.style.blockSize = `${data.layout.height}px`;
    const hadFocus = this.host.contains(document.activeElement);
    const rowCount = data.layout.rows + data.headings.filter(({ heading }) => heading > 0).length;
    this.host.setAttribute("aria-rowcount", String(rowCount));
    for (const row of [...this.rows.keys()]) this.release(row);
    for (const element of this.sections.values()) element.remove();
    this.sections.clear();
    for (const { tiles } of this.spare) for (const tile of tiles) this.shown.set(tile.id, tile);
    this.render();
    this.shown.clear();
    if (this.coming.size === 0) this.settled();
    // The tile that had the focus may be another element now.
    if (hadFocus) this.tileAt(this.focused)?.cell.focus({ preventScroll: true });
    performance.mark("vitrine:results");
    if (!this.marked && data.ids.length > 0) {
      this.marked = true;
      performance.mark("vitrine:first-tiles");
    }
  }

  select(selected: ReadonlySet<PictureId>): void {
    this.selected = selected;
    this.host.classList.toggle("choosing", selected.size > 0);
    for (const row of this.rows.values()) row.tiles.forEach((tile) => this.showChosen(tile));
    for (const [section, element] of this.sections) this.showSectionChosen(section, element);
  }

  get focus(): number {
    return this.focused;
  }

  /** Gives the Tab stop, and with `take` the focus itself, to a picture and brings it into sight. */
  moveTo(picture: number, take: boolean): void {
    const data = this.data;
    if (!data || data.ids.length === 0) return;
    const before = this.focused;
    this.focused = Math.max(0, Math.min(data.ids.length - 1, picture));
    this.tileAt(before)?.cell.setAttribute("tabindex", "-1");
    const row = rowOf(data.layout, this.focused);
    const top = data.layout.rowTop[row] as number;
    const bottom = top + (data.layout.rowHeight[row] as number);
    const margin = 48;
    if (top < this.scroller.scrollTop + margin) this.scroller.scrollTop = top - margin;
    else if (bottom > this.scroller.scrollTop + this.height - margin) this.scroller.scrollTop = bottom - this.height + margin;
    this.render();
    const tile = this.tileAt(this.focused);
    tile?.cell.setAttribute("tabindex", "0");
    if (take) tile?.cell.focus({ preventScroll: true });
  }

  /** The <img> of a picture, where its tile is in the page. */
  imageOf(picture: number): HTMLImageElement | undefined {
    return this.tileAt(picture)?.picture;
  }

  tiles(): number {
    let count = 0;
    for (const row of this.rows.values()) count += row.tiles.length;
    return count;
  }

  private tileAt(picture: number): Tile | undefined {
    const data = this.data;
    if (!data || picture >= data.ids.length) return undefined;
    const row = rowOf(data.layout, picture);
    return this.rows.get(row)?.tiles[picture - (data.layout.rowStart[row] as number)];
  }

  private scrolled(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      const top = this.scroller.scrollTop;
      this.fast = Math.abs(top - this.last.top) / Math.max(1, now - this.last.at) > kFastScroll;
      this.last = { top, at: now };
      window.clearTimeout(this.settle);
      if (this.fast) this.settle = window.setTimeout(() => this.settled(), kSettleMs);
      this.render();
      if (!this.fast) this.settled();
    });
  }

  private settled(): void {
    this.fast = false;
    for (const row of this.rows.values()) {
      for (const tile of row.tiles) if (tile.waiting) this.fetchPicture(tile);
    }
  }

  private render(): void {
    const data = this.data;
    if (!data) return;
    const { layout } = data;
    const top = this.scroller.scrollTop;
    let first = rowAt(layout, top);
    let last = layout.rows === 0 ? -1 : rowAt(layout, top + this.height);
    let tiles = last < 0 ? 0 : (layout.rowStart[last + 1] as number) - (layout.rowStart[first] as number);
    const reach = kOverscan * this.height;
    for (let grown = true; grown && tiles < kMostTiles && last >= 0; ) {
      grown = false;
      const tilesOf = (row: number) => (layout.rowStart[row + 1] as number) - (layout.rowStart[row] as number);
      if (last + 1 < layout.rows && (layout.rowTop[last + 1] as number) < top + this.height + reach && tiles + tilesOf(last + 1) <= kMostTiles) {
        tiles += tilesOf(++last);
        grown = true;
      }
      if (first > 0 && (layout.rowTop[first] as number) > top - reach && tiles + tilesOf(first - 1) <= kMostTiles) {
        tiles += tilesOf(--first);
        grown = true;
      }
    }
    const focusRow = data.ids.length === 0 ? -1 : rowOf(layout, this.focused);
    for (const row of [...this.rows.keys()]) if ((row < first || row > last) && row !== focusRow) this.release(row);
    const inSight = (row: number) => (layout.rowTop[row] as number) < top + this.height && (layout.rowTop[row] as number) + (layout.rowHeight[row] as number) > top;
    for (let row = first; row <= last; ++row) this.place(row, inSight(row));
    if (focusRow >= 0) this.place(focusRow, inSight(focusRow));
    this.placeSections(top - reach, top + this.height + reach);
  }

  private release(row: number): void {
    const held = this.rows.get(row);
    if (!held) return;
    this.rows.delete(row);
    held.element.hidden = true;
    for (const { cell } of held.tiles) {
      delete cell.dataset["picture"];
      cell.setAttribute("tabindex", "-1");
    }
    this.spare.push(held);
  }

  private place(row: number, inSight: boolean): void {
    if (this.rows.has(row)) return;
    const data = this.data as GridData;
    const { layout } = data;
    const held = this.spare.pop() ?? { element: this.host.appendChild(made("div", "row", "row")), tiles: [] };
    this.rows.set(row, held);
    const start = layout.rowStart[row] as number;
    const boxes = boxesOf(layout, data.aspects, row);
    while (held.tiles.length > boxes.length) held.tiles.pop()?.cell.remove();
    while (held.tiles.length < boxes.length) {
      const tile = makeTile();
      held.element.append(tile.cell);
      held.tiles.push(tile);
    }
    const height = layout.rowHeight[row] as number;
    held.element.hidden = false;
    held.element.style.transform = `translateY(${layout.rowTop[row]}px)`;
    held.element.style.blockSize = `${height}px`;
    held.element.setAttribute("aria-rowindex", String(row + 1 + this.headingsUpTo(start)));
    boxes.forEach((box, i) => this.fill(held.tiles[i] as Tile, start + i, i, box.left, box.width, inSight));
  }

  private headingsUpTo(picture: number): number {
    return (this.data as GridData).headings.filter(({ start, heading }) => heading > 0 && start <= picture).length;
  }

  private fill(tile: Tile, picture: number, column: number, left: number, width: number, inSight: boolean): void {
    const data = this.data as GridData;
    const id = data.ids[picture] as PictureId;
    const hit = data.hits.get(id);
    const { cell } = tile;
    cell.dataset["picture"] = String(picture);
    cell.style.insetInlineStart = `${left}px`;
    cell.style.inlineSize = `${width}px`;
    cell.setAttribute("tabindex", picture === this.focused ? "0" : "-1");
    cell.setAttribute("aria-colindex", String(column + 1));
    const place = { n: picture + 1, total: data.ids.length };
    cell.setAttribute("aria-label", hit ? t("tile.hit", { ...place, relevance: formatPercent(hit.relevance) }) : t("tile.label", place));
    tile.check.setAttribute("aria-label", t("tile.choose", { n: picture + 1 }));
    tile.bar.hidden = !hit;
    cell.classList.toggle("offline", hit?.offline === true);
    tile.why.textContent = hit ? [formatPercent(hit.relevance), ...hit.why].join(" \u00b7 ") : "";
    if (hit) tile.bar.style.setProperty("--share", String(Math.max(0.02, hit.relevance)));
    const more = hit?.grouped.length ?? 0;
    const opened = data.opened.has(id);
    tile.badge.hidden = more === 0;
    tile.badge.textContent = more > 0 ? `${opened ? "\u2212" : "+"}${more}` : "";
    tile.badge.setAttribute("aria-expanded", String(opened));
    tile.badge.setAttribute("aria-label", more === 0 ? "" : t(opened ? "tile.close_group" : "tile.open_group", { n: more }));
    if (tile.id !== id) this.exchange(tile, id, inSight);
    this.showChosen(tile);
  }

  /** Gives a tile another picture: from the tile that shows it already, or a new one. */
  private exchange(tile: Tile, id: PictureId, inSight: boolean): void {
    const other = this.shown.get(id);
    if (other) {
      swapPictures(tile, other);
      this.shown.set(other.id, other);
      return;
    }
    tile.id = id;
    const fresh = made("img", "picture");
    fresh.alt = "";
    fresh.draggable = false;
    fresh.decoding = "async";
    fresh.fetchPriority = inSight ? "high" : "low";
    // Ends a load that nobody waits for any more.
    tile.picture.onload = tile.picture.onerror = null;
    tile.picture.removeAttribute("src");
    this.coming.delete(tile.picture);
    tile.picture.replaceWith(fresh);
    tile.picture = fresh;
    tile.waiting = true;
    if (this.fast || !inSight) return;
    this.coming.add(fresh);
    this.fetchPicture(tile);
  }

  private fetchPicture(tile: Tile): void {
    tile.waiting = false;
    const image = tile.picture;
    image.onload = () => this.arrived(image);
    image.onerror = () => {
      image.parentElement?.classList.add("broken");
      this.arrived(image);
    };
    tile.cell.classList.remove("broken");
    image.src = addresses.thumbnail(tile.id);
  }

  private arrived(image: HTMLImageElement): void {
    if (this.coming.delete(image) && this.coming.size === 0 && !this.fast) this.settled();
  }

  private showChosen(tile: Tile): void {
    const chosen = this.selected.has(tile.id);
    tile.cell.classList.toggle("chosen", chosen);
    tile.cell.setAttribute("aria-selected", String(chosen));
    tile.check.setAttribute("aria-pressed", String(chosen));
  }

  private placeSections(from: number, to: number): void {
    const data = this.data as GridData;
    const { layout, headings } = data;
    const wanted = new Set<number>();
    for (let s = sectionAt(layout, from); s < headings.length && (layout.sectionTop[s] as number) <= to; ++s) {
      if ((headings[s] as Heading).heading > 0) wanted.add(s);
    }
    for (const [section, element] of this.sections) {
      if (wanted.has(section)) continue;
      element.remove();
      this.sections.delete(section);
    }
    for (const section of wanted) {
      if (this.sections.has(section)) continue;
      const element = this.makeSection(section);
      this.sections.set(section, element);
      this.host.append(element);
    }
  }

  private makeSection(section: number): HTMLElement {
    const { layout, headings } = this.data as GridData;
    const heading = headings[section] as Heading;
    const element = made("div", "section", "row");
    element.style.transform = `translateY(${layout.sectionTop[section]}px)`;
    element.style.blockSize = `${heading.heading}px`;
    const row = rowOf(layout, heading.start) + this.headingsUpTo(heading.start);
    element.setAttribute("aria-rowindex", String(row));
    const cell = made("div", "section-cell", "gridcell");
    const name = made("h2", "section-name");
    name.textContent = heading.label;
    const hint = made("span", "hint");
    hint.textContent = heading.hint;
    const pick = made("button", "section-pick");
    pick.type = "button";
    pick.tabIndex = -1;
    pick.dataset["section"] = String(section);
    pick.setAttribute("aria-label", t("grid.choose_section", { label: heading.label }));
    cell.append(pick, name, hint);
    element.append(cell);
    this.showSectionChosen(section, element);
    return element;
  }

  private showSectionChosen(section: number, element: HTMLElement): void {
    const data = this.data as GridData;
    const heading = data.headings[section];
    const pick = element.querySelector("button");
    if (!heading || !pick) return;
    let all = this.selected.size >= heading.count;
    for (let i = heading.start; all && i < heading.start + heading.count; ++i) all = this.selected.has(data.ids[i] as PictureId);
    pick.setAttribute("aria-pressed", String(all));
  }
}

function swapPictures(a: Tile, b: Tile): void {
  const place = document.createComment("");
  a.picture.replaceWith(place);
  b.picture.replaceWith(a.picture);
  place.replaceWith(b.picture);
  [a.picture, b.picture] = [b.picture, a.picture];
  [a.id, b.id] = [b.id, a.id];
  [a.waiting, b.waiting] = [b.waiting, a.waiting];
}

function makeTile(): Tile {
  const cell = made("div", "tile", "gridcell");
  const picture = made("img", "picture");
  picture.alt = "";
  const check = made("button", "check");
  check.type = "button";
  check.tabIndex = -1;
  const bar = made("span", "bar");
  const why = made("span", "why");
  const badge = made("button", "badge");
  badge.type = "button";
  badge.tabIndex = -1;
  bar.setAttribute("aria-hidden", "true");
  cell.append(picture, why, bar, badge, check);
  return { cell, picture, check, bar, why, badge, id: 0, waiting: false };
}

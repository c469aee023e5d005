// What the gallery shows: a query and its answer. The query lives in the address, so that back, forward and a reload
// come to the same pictures; the answer is kept while the page is open, so that coming back from a board is instant.
import { api } from "../api";
import { details } from "../details.svelte";
import { t } from "../i18n";
import { router } from "../router.svelte";
import { keep, readKept } from "../theme.svelte";
import type { Hit, Listing, Order, PictureId } from "../types";
import { groupOf, sameGroup, shownWith, type Opened } from "./groups";
import { headingsOf, type Heading } from "./headings";
import { Selection } from "./selection.svelte";

/** A picture that lies in no library, to search by: pasted, dropped, or cut out of another. */
export interface Example {
  readonly bytes: Blob;
  readonly name: string;
  /** Of its preview. */
  readonly url: string;
  /** A part of a picture of the library is not offered for keeping. */
  readonly part: boolean;
}

/** Keys that follow each other faster than this are one. */
const kTypingMs = 60;
const kLimits = [500, 2000, 10_000];
const kLargestBytes = 64 * 1024 * 1024;
const kOrders: readonly string[] = ["newest", "oldest", "name", "added"];
export const kSizes = [0.62, 1, 1.5] as const;

class GalleryState {
  query: string = $state("");
  order: Order = $state("newest");
  grouped: boolean = $state(false);
  diverse: boolean = $state(false);
  example: Example | null = $state.raw(null);
  limit: number = $state(kLimits[0] as number);
  /** Of kSizes. */
  size: number = $state(1);

  /** With the pictures of the groups that are open. */
  listing: Listing | null = $state.raw(null);
  /** The query that `listing` answers. */
  answered: string = $state("");
  error: string = $state("");
  busy: boolean = $state(false);

  /** The picture that is open, or null. */
  open: PictureId | null = $state(null);
  readonly selection = new Selection();
  /** Where the page was scrolled to and what had the focus, for coming back. */
  scrollTop = 0;
  focused = 0;

  aspects: Float32Array = $state.raw(new Float32Array(0));
  hits: ReadonlyMap<PictureId, Hit> = $state.raw(new Map());
  readonly headings: Heading[] = $derived(headingsOf(this.listing));
  /** Groups of near-duplicates that are open, by their first picture. */
  opened: ReadonlyMap<PictureId, Opened> = $state.raw(new Map());
  private answer: Listing | null = null;
  private index: { of: Listing; at: Map<PictureId, number> } | null = null;
  private running: AbortController | null = null;
  private timer = 0;
  private keyAt = -kTypingMs;
  private address = "";
  private cameFromGrid = false;

  constructor() {
    const size = Number(typeof window === "undefined" ? 1 : (readKept("vitrine-size") ?? 1));
    if (size in kSizes) this.size = size;
  }

  get ids(): PictureId[] {
    return this.listing?.ids ?? [];
  }

  /** -1 where the listing does not have it. */
  indexOf(id: PictureId): number {
    if (!this.listing) return -1;
    if (this.index?.of !== this.listing) this.index = { of: this.listing, at: new Map(this.listing.ids.map((each, i) => [each, i])) };
    return this.index.at.get(id) ?? -1;
  }

  /** Takes over what the address says; asks anew where it says something else. */
  readAddress(query: string): void {
    const values = new URLSearchParams(query);
    const picture = Number(values.get("picture"));
    this.open = Number.isInteger(picture) && picture > 0 ? picture : null;
    values.delete("picture");
    const order = values.get("order") ?? "newest";
    const wanted = { q: values.get("q") ?? "", order: kOrders.includes(order) ? (order as Order) : "newest", grouped: values.get("group") === "similar", diverse: values.get("diverse") === "1" };
    const unchanged = wanted.q === this.query && wanted.order === this.order && wanted.grouped === this.grouped && wanted.diverse === this.diverse;
    this.address = query === "" ? "/" : `/?${query}`;
    if (unchanged && (this.listing || this.busy)) return;
    this.query = wanted.q;
    this.order = wanted.order;
    this.grouped = wanted.grouped;
    this.diverse = wanted.diverse;
    this.ask(0);
  }

  /** While typing: searches soon and leaves no step behind. */
  type(query: string): void {
    if (query === this.query) return;
    this.query = query;
    this.write(true);
    this.askForKey();
  }

  /** A search that the back button comes back from. */
  search(change: { query?: string; order?: Order; grouped?: boolean; diverse?: boolean; example?: Example | null }): void {
    if (change.query !== undefined) this.query = change.query;
    if (change.order !== undefined) this.order = change.order;
    if (change.grouped !== undefined) this.grouped = change.grouped;
    if (change.diverse !== undefined) this.diverse = change.diverse;
    if (change.example !== undefined) this.setExample(change.example);
    this.open = null;
    this.cameFromGrid = false;
    this.write(false);
    this.ask(0);
  }

  /** Pictures like a file; says what is wrong with it otherwise. */
  searchBy(bytes: Blob, name: string, part = false): string {
    if (!bytes.type.startsWith("image/") && bytes.type !== "") return t("drop.no_picture", { name });
    if (bytes.size > kLargestBytes) return t("drop.too_large", { name });
    this.search({ example: { bytes, name, url: URL.createObjectURL(bytes), part } });
    return "";
  }

  more(): void {
    this.limit = kLimits.find((limit) => limit > this.limit) ?? this.limit;
    this.ask(0);
  }

  /** How many hits of a ranked list are matches; a group counts as one. */
  get matches(): number {
    return this.listing ? (this.answer?.above_cut ?? this.answer?.ids.length ?? 0) : 0;
  }

  get canMore(): boolean {
    const listing = this.answer;
    return this.listing !== null && listing !== null && listing.ranked && listing.ids.length >= this.limit && this.limit < (kLimits.at(-1) as number) && listing.total > listing.ids.length;
  }

  /** The same question again: the library changed. */
  refresh(): void {
    if (!this.busy) this.ask(0);
  }

  /** The picture that stands for the open group that this one lies in; else itself. */
  leaderOf(id: PictureId): PictureId {
    return groupOf(this.opened, id) ?? id;
  }

  /** Shows the pictures that are grouped under one behind it, or puts them away again. Which it did, or null. */
  async toggleGroup(id: PictureId): Promise<"opened" | "closed" | null> {
    const first = this.leaderOf(id);
    if (this.opened.has(first)) {
      this.opened = new Map([...this.opened].filter(([each]) => each !== first));
      this.spread();
      return "closed";
    }
    const hit = this.hits.get(id);
    if (!hit || hit.grouped.length === 0) return null;
    const answer = this.answer;
    const known = await Promise.all(hit.grouped.map((each) => details.get(each)));
    // Another question was answered meanwhile.
    if (this.answer !== answer) return null;
    const there = known.flatMap((each) => (each.ok ? [each.value] : []));
    this.opened = new Map(this.opened).set(id, there.map((each) => ({ id: each.id, aspect: each.width_px / Math.max(1, each.height_px) })));
    this.spread();
    return "opened";
  }

  setSize(size: number): void {
    this.size = Math.max(0, Math.min(kSizes.length - 1, size));
    keep("vitrine-size", String(this.size));
  }

  show(id: PictureId, replace = false): void {
    this.open = id;
    if (!replace) this.cameFromGrid = true;
    this.write(replace);
  }

  /** Leaves the open picture: a step back where opening it was a step, so that "forward" opens it again. */
  close(): void {
    if (this.open === null) return;
    this.open = null;
    if (this.cameFromGrid) window.history.back();
    else this.write(true);
    this.cameFromGrid = false;
  }

  private write(replace: boolean): void {
    const values = new URLSearchParams();
    if (this.query !== "") values.set("q", this.query);
    if (this.order !== "newest") values.set("order", this.order);
    if (this.grouped) values.set("group", "similar");
    if (this.diverse) values.set("diverse", "1");
    if (this.open !== null) values.set("picture", String(this.open));
    const tail = values.toString();
    const address = tail === "" ? "/" : `/?${tail}`;
    if (address === this.address && replace) return;
    this.address = address;
    router.navigate(address, { replace });
  }

  private spread(): void {
    if (!this.answer) return;
    const shown = shownWith(this.answer, this.opened);
    this.aspects = Float32Array.from(shown.aspects);
    this.listing = shown;
  }

  private setExample(example: Example | null): void {
    if (this.example && this.example !== example) URL.revokeObjectURL(this.example.url);
    this.example = example;
  }

  /** A key after a pause is answered at once; of keys in a hurry, the last one. */
  private askForKey(): void {
    const now = performance.now();
    this.ask(now - this.keyAt < kTypingMs ? kTypingMs : 0);
    this.keyAt = now;
  }

  private ask(delay: number): void {
    window.clearTimeout(this.timer);
    this.running?.abort();
    this.busy = true;
    if (delay === 0) void this.load();
    else this.timer = window.setTimeout(() => void this.load(), delay);
  }

  private async load(): Promise<void> {
    const mine = new AbortController();
    this.running = mine;
    const query = this.query.trim();
    const example = this.example;
    const group = this.grouped ? "similar" : undefined;
    const diverse = this.diverse || undefined;
    const answer = example
      ? await api.like(example.bytes, { q: query, limit: this.limit, group, diverse }, mine.signal)
      : await api.pictures({ q: query, order: this.order, limit: this.limit, group, diverse }, mine.signal);
    if (this.running !== mine) return;
    this.running = null;
    this.busy = false;
    if (!answer.ok) {
      if (answer.error.code !== "aborted") this.error = answer.error.message;
      return;
    }
    this.error = "";
    this.hits = new Map((answer.value.hits ?? []).map((hit) => [hit.id, hit]));
    this.answer = answer.value;
    // A refresh leaves open what is still the same group.
    this.opened = new Map([...this.opened].filter(([first, others]) => sameGroup(this.hits.get(first)?.grouped ?? [], others)));
    this.spread();
    this.answered = query;
  }
}

export const gallery = new GalleryState();

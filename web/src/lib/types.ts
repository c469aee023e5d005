// The shapes of the HTTP interface, as src/server/openapi.json describes them. Ids of pictures are whole numbers; ids of
// boards and their items are short strings; lengths on boards are board units (a pixel of the screen at 100 %).

export type PictureId = number;

export interface Folder {
  path: string;
  offline: boolean;
}

export interface LibraryInfo {
  pictures: number;
  files: number;
  failures: number;
  vectors: number;
  model: string;
  program: string;
  folders: Folder[];
  boards: number;
  /** Parts that this library does not answer: empty for one on this machine. */
  lacks: Part[];
}

export type Part = "add" | "boards" | "duplicates" | "index" | "journal" | "models" | "notes" | "quarantine" | "searches" | "suggest" | "tags";

export type Order = "newest" | "oldest" | "name" | "added";
export type Group = "similar" | "day";

export interface ListRequest {
  q?: string;
  order?: Order;
  limit?: number;
  diverse?: boolean | undefined;
  group?: Group | undefined;
  explain?: boolean;
}

export interface Hit {
  id: PictureId;
  /** The probability that it is what was meant, 0..1. */
  relevance: number;
  score: number;
  below_cut: boolean;
  offline: boolean;
  why: string[];
  grouped: PictureId[];
}

export interface Month {
  /** "2024-06", or null for pictures without a date. */
  month: string | null;
  count: number;
}

/** Pictures in columns: ids[i] has the shape aspects[i] (width / height, > 0). */
export interface Listing {
  ranked: boolean;
  total: number;
  ids: PictureId[];
  aspects: number[];
  version: number;
  order: Order;
  /** In the order of ids; empty where the order is not by date. */
  months?: Month[];
  hits?: Hit[];
  above_cut?: number;
  nothing_matches?: boolean;
  took_ms?: number;
  notes?: string[];
  plan?: string;
}

export interface Facts {
  taken_at?: string | null;
  camera?: string | null;
  lens?: string | null;
  exposure_s?: number | null;
  f_number?: number | null;
  focal_length_mm?: number | null;
  iso?: number | null;
  latitude?: number | null;
  longitude?: number | null;
}

export interface Swatch {
  hex: string;
  share: number;
}

export interface PictureTag {
  tag: string;
  state: "accepted" | "suggested" | "rejected";
  probability: number;
  by_machine: boolean;
}

export interface Details {
  id: PictureId;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  content: string;
  paths: { path: string; path_b64?: string }[];
  name: string;
  offline: boolean;
  size_bytes: number;
  width_px: number;
  height_px: number;
  format: string;
  facts: Facts;
  palette: Swatch[];
  tags: PictureTag[];
  rating: number | null;
  caption: string;
  text: string;
  boards: { id: string; name: string }[];
}

/** The number of a step in the library's journal; 0 where nothing changed. */
export type EntryId = number;

export interface FacetValue {
  label: string;
  query: string;
  count: number;
}

export interface Facet {
  field: string;
  values: FacetValue[];
}

export interface TagCount {
  tag: string;
  accepted: number;
  suggested: number;
  rejected: number;
}

export interface TagSuggestion {
  tag: string;
  probability: number;
  taught?: boolean;
}

export interface SavedSearch {
  name: string;
  query: string;
}

export interface JournalEntry {
  id: number;
  at: string;
  what: string;
  undone?: boolean;
}

export interface Failure {
  path: string;
  reason: string;
}

export type JobKind = "index" | "duplicates" | "names" | "export" | "import" | "model";

export interface Job {
  id: string;
  kind: JobKind;
  state: "running" | "done" | "failed" | "stopped";
  step: string;
  done: number;
  total: number;
  started: string;
  counts?: { seen?: number; indexed?: number; reused?: number; failed?: number };
  error?: { code: string; message: string } | null;
  notes?: string[];
  result?: Record<string, unknown> | null;
}

export interface CopyFile {
  id: PictureId;
  path: string;
  width_px: number;
  height_px: number;
  size_bytes: number;
  format: string;
}

export interface Copy extends CopyFile {
  kind: "exact" | "copy" | "turned" | "edited" | "crop";
  agreement: number;
  shown: number;
  why: string[];
}

export interface CopyGroup {
  keep: CopyFile;
  why_keep: string[];
  others: Copy[];
}

export interface Duplicates {
  state: "none" | "running" | "ready";
  groups?: CopyGroup[];
}

export type ItemKind = "picture" | "note" | "arrow" | "frame";

/** Something on a board. A field that is missing has its default. */
export interface BoardItem {
  id: string;
  kind: ItemKind;
  x: number;
  y: number;
  width?: number;
  height?: number;
  rotation_deg?: number;
  z?: number;
  opacity?: number;
  locked?: boolean;
  group?: string;
  content?: string;
  asset?: PictureId;
  /** left, top, right, bottom as shares, 0..1. */
  crop?: [number, number, number, number];
  flip_x?: boolean;
  flip_y?: boolean;
  grey?: boolean;
  text?: string;
  font_px?: number;
  colour?: string;
}

export interface Board {
  id: string;
  name: string;
  background: string;
  revision: number;
  created: string;
  changed: string;
  is_template: boolean;
  items: BoardItem[];
  can_undo: boolean;
  can_redo: boolean;
}

export interface BoardSummary {
  id: string;
  name: string;
  created: string;
  changed: string;
  is_template: boolean;
  deleted: boolean;
  revision: number;
  pictures: number;
  items: number;
  cover: PictureId[];
}

export interface ItemChange {
  id: string;
  item: BoardItem | null;
}

export interface BoardEdit {
  base_revision: number;
  what: string;
  changes: ItemChange[];
  name?: string;
  background?: string;
}

export interface BoardStep {
  revision: number;
  at: string;
  what: string;
  undone: boolean;
  changes: ItemChange[];
  name?: string;
  background?: string;
}

export interface EditResult {
  step: BoardStep;
  missed: BoardStep[];
  conflicts: string[];
  can_undo: boolean;
  can_redo: boolean;
  revision: number;
}

export interface BoardVersion {
  id: number;
  name: string;
  at: string;
  revision: number;
}

export type Arrangement = "meaning" | "colour" | "time" | "clusters" | "pack" | "rows";

export interface ArrangeRequest {
  by: Arrangement;
  items?: string[];
  clusters?: number;
  gap?: number;
}

export interface SuggestRequest {
  kind: "more" | "gap" | "each";
  items?: string[];
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  query?: string;
  limit?: number;
}

export interface SuggestedPicture {
  id: PictureId;
  aspect: number;
  relevance: number;
  why: string[];
}

export type ExportFormat = "png" | "pdf" | "html" | "zip" | "json" | "contact-sheet" | "credits" | "pur";

export interface ExportRequest {
  format: ExportFormat;
  edge_px?: number;
  keep_private?: boolean;
  exact?: boolean;
}

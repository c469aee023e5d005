// Every route of the server as a typed function. Errors are values: a call never throws, it answers
//
//   const answer = await api.pictures({ q: "red kayak" }, signal);
//   if (answer.ok) show(answer.value); else if (answer.error.code !== "aborted") say(answer.error.message);
//
// "aborted" is the caller's own AbortSignal; "unreachable" a server that does not answer. Every other code is the
// server's, and its message is meant for people.
import { t } from "./i18n";
import type * as T from "./types";

export interface ApiError {
  readonly code: string;
  readonly message: string;
  /** 0 where no answer came. */
  readonly status: number;
}

export type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ApiError };

const kRoot = "/api/v1";

type Query = Record<string, string | number | boolean | undefined>;

interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Query;
  json?: unknown;
  bytes?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

type Signal = AbortSignal | undefined;

function addressOf(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === false || value === "") continue;
    parts.set(name, value === true ? "1" : String(value));
  }
  const tail = parts.toString();
  return `${kRoot}${path}${tail === "" ? "" : `?${tail}`}`;
}

/** Told of each answer's error, e.g. to say that the session ended. */
let onError: (error: ApiError) => void = () => {};
export function watchErrors(watcher: (error: ApiError) => void): void {
  onError = watcher;
}

function failed<Value>(code: string, message: string, status: number): Answer<Value> {
  const error = { code, message, status };
  if (code !== "aborted") onError(error);
  return { ok: false, error };
}

function errorOf(body: unknown, status: number): { code: string; message: string } {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  if (typeof error?.code === "string" && typeof error.message === "string") {
    return { code: error.code, message: error.message };
  }
  return { code: status === 401 ? "unauthorised" : "internal", message: t("error.status", { status }) };
}

async function call<Value>(path: string, { method = "GET", query, json, bytes, headers, signal }: Call = {}): Promise<Answer<Value>> {
  const init: RequestInit = { method, credentials: "same-origin", cache: method === "GET" ? "default" : "no-store" };
  if (signal) init.signal = signal;
  if (bytes) {
    init.body = bytes;
    init.headers = { "Content-Type": bytes.type.startsWith("image/") ? bytes.type : "application/octet-stream", ...headers };
  } else if (method !== "GET") {
    init.body = JSON.stringify(json ?? {});
    init.headers = { "Content-Type": "application/json", ...headers };
  }
  try {
    const response = await fetch(addressOf(path, query), init);
    const text = await response.text();
    let body: unknown = null;
    if (text !== "") {
      try {
        body = JSON.parse(text);
      } catch {
        body = null;
      }
    }
    if (response.ok && (body !== null || text === "")) return { ok: true, value: body as Value };
    if (response.ok) return failed("internal", t("error.no_answer"), response.status);
    const { code, message } = errorOf(body, response.status);
    return failed(code, message, response.status);
  } catch (error) {
    if (signal?.aborted || (error instanceof DOMException && error.name === "AbortError")) return failed("aborted", "", 0);
    return failed("unreachable", t("error.unreachable"), 0);
  }
}

const post = <Value>(path: string, json: unknown = {}, signal?: Signal) => call<Value>(path, { method: "POST", json, signal });
const listQuery = (request: T.ListRequest): Query => ({ ...request });
const board = (id: string) => `/boards/${encodeURIComponent(id)}`;

type Counted = { pictures: number; entry: T.EntryId };
type Undone = { entry: T.JournalEntry };
type Palette = "ase" | "gpl" | "css";

export const api = {
  library: (signal?: Signal) => call<T.LibraryInfo>("/library", { signal }),

  pictures: (request: T.ListRequest, signal?: Signal) => call<T.Listing>("/pictures", { query: listQuery(request), signal }),
  like: (bytes: Blob, request: Pick<T.ListRequest, "q" | "limit" | "group" | "diverse">, signal?: Signal) =>
    call<T.Listing>("/pictures/like", { method: "POST", bytes, query: listQuery(request), signal }),
  addPicture: (bytes: Blob, name: string, signal?: Signal) =>
    call<{ id: T.PictureId; aspect: number; known: boolean }>("/pictures", {
      method: "POST",
      bytes,
      headers: { "X-Vitrine-Name": encodeURIComponent(name) },
      signal,
    }),
  details: (id: T.PictureId, signal?: Signal) => call<T.Details>(`/pictures/${id}`, { signal }),
  /** rating: -1..5, null takes it off; what is left out stays. */
  note: (ids: readonly T.PictureId[], note: { rating?: number | null; caption?: string }) =>
    post<{ changed: number }>("/pictures/note", { ids, ...note }),

  facets: (q: string, most: number, signal?: Signal) => call<{ facets: T.Facet[] }>("/facets", { query: { q, most }, signal }),

  tags: (signal?: Signal) => call<{ tags: T.TagCount[] }>("/tags", { signal }),
  decideTag: (word: "add" | "remove" | "accept" | "reject", tag: string, ids: readonly T.PictureId[]) =>
    post<Counted>("/tags/decide", { word, tag, ids }),
  suggestTags: (ids: readonly T.PictureId[], limit: number, at_least: number, signal?: Signal) =>
    post<{ pictures: { id: T.PictureId; tags: T.TagSuggestion[] }[] }>("/tags/suggest", { ids, limit, at_least }, signal),
  teachTag: (tag: string, yes: readonly T.PictureId[], no: readonly T.PictureId[]) =>
    post<{ accepted: number; rejected: number; suggested: number; accuracy: number; entry: T.EntryId }>("/tags/teach", { tag, yes, no }),
  renameTag: (from: string, to: string) => post<Counted>("/tags/rename", { from, to }),
  deleteTag: (tag: string) => post<Counted>("/tags/delete", { tag }),

  searches: (signal?: Signal) => call<{ searches: T.SavedSearch[] }>("/searches", { signal }),
  saveSearch: (name: string, query: string) =>
    call<unknown>(`/searches/${encodeURIComponent(name)}`, { method: "PUT", json: { query } }),
  deleteSearch: (name: string) => call<unknown>(`/searches/${encodeURIComponent(name)}`, { method: "DELETE" }),

  journal: (limit: number, signal?: Signal) => call<{ entries: T.JournalEntry[] }>("/journal", { query: { limit }, signal }),
  undo: () => post<Undone>("/undo"),
  redo: () => post<Undone>("/redo"),
  failures: (limit: number, signal?: Signal) => call<{ failures: T.Failure[] }>("/failures", { query: { limit }, signal }),

  jobs: (signal?: Signal) => call<{ jobs: T.Job[] }>("/jobs", { signal }),
  startIndex: (retry_failed: boolean) => post<T.Job>("/jobs/index", { retry_failed }),
  startDuplicates: () => post<T.Job>("/jobs/duplicates"),
  stopJob: (id: string) => post<T.Job>(`/jobs/${encodeURIComponent(id)}/stop`),

  duplicates: (signal?: Signal) => call<T.Duplicates>("/duplicates", { signal }),
  tagDuplicates: (groups: { keep: T.PictureId; others: T.PictureId[] }[], tag: string) =>
    post<Counted>("/duplicates/tag", { groups, tag }),

  boards: (deleted = false, signal?: Signal) => call<{ boards: T.BoardSummary[] }>("/boards", { query: { deleted }, signal }),
  createBoard: (request: { name: string; copy_of?: string; pictures?: readonly T.PictureId[] }) => post<T.Board>("/boards", request),
  board: (id: string, signal?: Signal) => call<T.Board>(board(id), { signal }),
  editBoard: (id: string, edit: T.BoardEdit) => call<T.EditResult>(board(id), { method: "PATCH", json: edit }),
  deleteBoard: (id: string) => call<unknown>(board(id), { method: "DELETE" }),
  restoreBoard: (id: string) => post<unknown>(`${board(id)}/restore`),
  setTemplate: (id: string, is_template: boolean) => call<unknown>(`${board(id)}/template`, { method: "PUT", json: { is_template } }),
  undoBoard: (id: string, base_revision: number) => post<T.EditResult>(`${board(id)}/undo`, { base_revision }),
  redoBoard: (id: string, base_revision: number) => post<T.EditResult>(`${board(id)}/redo`, { base_revision }),
  boardSteps: (id: string, since: number, signal?: Signal) =>
    call<{ steps: T.BoardStep[]; revision: number }>(`${board(id)}/steps`, { query: { since: String(since) }, signal }),
  boardVersions: (id: string, signal?: Signal) => call<{ versions: T.BoardVersion[] }>(`${board(id)}/versions`, { signal }),
  saveVersion: (id: string, name: string) => post<T.BoardVersion>(`${board(id)}/versions`, { name }),
  restoreVersion: (id: string, version: number) => post<T.EditResult>(`${board(id)}/versions/${version}/restore`),
  arrange: (id: string, request: T.ArrangeRequest) => post<T.EditResult>(`${board(id)}/arrange`, request),
  suggestPictures: (id: string, request: T.SuggestRequest, signal?: Signal) =>
    post<{ hits: T.SuggestedPicture[] }>(`${board(id)}/suggest`, request, signal),
  boardPalette: (id: string, signal?: Signal) =>
    call<{ palette: T.Swatch[] }>(`${board(id)}/palette`, { query: { format: "json" }, signal }),
  exportBoard: (id: string, request: T.ExportRequest) => post<T.Job>(`${board(id)}/export`, request),
  importBoard: (bytes: Blob, signal?: Signal) => call<T.Job>("/boards/import", { method: "POST", bytes, signal }),
};

/** Addresses of bytes, for <img src> and <a href download>. */
export const addresses = {
  thumbnail: (id: T.PictureId) => `${kRoot}/pictures/${id}/thumbnail`,
  rendition: (id: T.PictureId, edge: number) => `${kRoot}/pictures/${id}/rendition?edge=${edge}`,
  original: (id: T.PictureId) => `${kRoot}/pictures/${id}/original`,
  palette: (id: T.PictureId, format: Palette) => `${kRoot}/pictures/${id}/palette?format=${format}`,
  boardPalette: (id: string, format: Palette) => `${kRoot}${board(id)}/palette?format=${format}`,
  download: (token: string) => `${kRoot}/downloads/${encodeURIComponent(token)}`,
  events: `${kRoot}/events`,
};

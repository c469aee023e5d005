// What the search box proposes while a word is typed: fields of the language, values that the library has for the field
// before the colon, tags, saved searches.
import { tAny } from "../i18n";
import type { Facet, SavedSearch, TagCount } from "../types";
import { kColours } from "./colours";
import { kFields, quoted, typingOf } from "./query";

export interface Proposal {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  /** "term" becomes a chip, "field" is typed on, "search" replaces the whole query. */
  readonly kind: "term" | "field" | "search";
  readonly text: string;
}

export interface Known {
  readonly tags: readonly TagCount[];
  readonly searches: readonly SavedSearch[];
  readonly facets: readonly Facet[];
}

const kFixed: Readonly<Record<string, readonly string[]>> = {
  mood: ["warm", "cool", "dark", "bright", "muted", "vivid"],
  is: ["untagged", "tagged", "rated", "unrated", "duplicate", "offline"],
  orientation: ["landscape", "portrait", "square", "panorama"],
  rating: [">=4", "5", ">=3", "-1"],
  date: ["today", "this-week", "this-month", "this-year", "last-year", "last:30d"],
  color: Object.keys(kColours),
  size: [">5MB", "<1MB", ">4000px", ">12mp"],
};
const kMost = 8;

const holds = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

/** @param words what stands in the box, without the chips. */
export function proposalsFor(words: string, known: Known): Proposal[] {
  const typing = typingOf(words);
  const searches = (part: string, most: number): Proposal[] =>
    known.searches
      .filter(({ name }) => holds(name, part))
      .slice(0, most)
      .map(({ name, query }) => ({ key: `search ${name}`, label: name, hint: query, kind: "search", text: query }));
  if (words.trim() === "") return searches("", 6);
  if (typing.field !== "") return valuesOf(typing.field, typing.value, typing.sign, known);
  if (typing.token === "" || /^[("\\]/.test(typing.value)) return [];
  const fields = kFields
    .filter((field) => field.startsWith(typing.value.toLowerCase()) && typing.value !== "")
    .slice(0, 3)
    .map((field): Proposal => ({ key: `field ${field}`, label: `${typing.sign}${field}:`, hint: tAny(`field.${field}.hint`), kind: "field", text: `${typing.sign}${field}:` }));
  const tags = typing.value.length < 2 ? [] : tagProposals(typing.value, typing.sign, known.tags).slice(0, 4);
  return [...fields, ...tags, ...(typing.value.length < 2 ? [] : searches(typing.value, 3))].slice(0, kMost);
}

function tagProposals(part: string, sign: string, tags: readonly TagCount[]): Proposal[] {
  return tags
    .filter(({ tag, accepted }) => accepted > 0 && holds(tag, part))
    .sort((a, b) => b.accepted - a.accepted)
    .map(({ tag, accepted }) => ({ key: `tag ${tag}`, label: `${sign}tag: ${tag}`, hint: String(accepted), kind: "term", text: `${sign}tag:${quoted(tag)}` }));
}

function valuesOf(field: string, part: string, sign: string, known: Known): Proposal[] {
  if (field === "tag") return tagProposals(part, sign, known.tags).slice(0, kMost);
  const values = known.facets.find((facet) => facet.field === field)?.values ?? [];
  const found = values.filter(({ label }) => holds(label, part)).map(
    ({ label, query, count }): Proposal => ({ key: query, label, hint: String(count), kind: "term", text: `${sign}${query}` }),
  );
  const fixed = (kFixed[field] ?? [])
    .filter((value) => holds(value, part) && !found.some(({ text }) => text === `${sign}${field}:${value}`))
    .map((value): Proposal => ({ key: `${field}:${value}`, label: value, hint: "", kind: "term", text: `${sign}${field}:${value}` }));
  return [...found, ...fixed].slice(0, kMost);
}

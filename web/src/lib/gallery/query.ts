// The query language (docs/query.md) as far as the page needs it: to show facts as chips beside the words, to take a
// term in or out, and to see which word is being typed. What a query means, only the server knows.

export interface Term {
  /** As it stands in the query. */
  readonly text: string;
  readonly negated: boolean;
  /** Lower case; "" for words, exact words and groups. */
  readonly field: string;
  readonly value: string;
}

export const kFields = [
  "tag", "date", "camera", "lens", "folder", "name", "type", "rating", "color", "mood", "orientation", "size", "iso", "f",
  "exposure", "focal", "near", "board", "is",
] as const;
export type Field = (typeof kFields)[number];

const kMore = ["colour", "aperture", "shutter", "id"];
const kKnown = new Set<string>([...kFields, ...kMore]);

/** Cut at white space outside of quotation marks and parentheses. */
export function splitQuery(query: string): string[] {
  const parts: string[] = [];
  let part = "";
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < query.length; ++i) {
    const sign = query[i] as string;
    if (sign === "\\" && quoted) {
      part += sign + (query[++i] ?? "");
      continue;
    }
    const opens = part === "" || part === "-" || /[:(]$/.test(part);
    if (sign === '"' && (quoted || opens)) quoted = !quoted;
    if (!quoted && sign === "(") ++depth;
    if (!quoted && sign === ")") depth = Math.max(0, depth - 1);
    if (!quoted && depth === 0 && /\s/.test(sign)) {
      if (part !== "") parts.push(part);
      part = "";
    } else {
      part += sign;
    }
  }
  if (part !== "") parts.push(part);
  return parts;
}

export function parseTerm(text: string): Term {
  const found = /^(-?)([a-z]{1,12}):(\S.*)$/is.exec(text);
  const field = found?.[2]?.toLowerCase() ?? "";
  if (!found || !kKnown.has(field)) return { text, negated: text.startsWith("-"), field: "", value: text };
  return { text, negated: found[1] === "-", field: field === "colour" ? "color" : field, value: unquoted(found[3] as string) };
}

const unquoted = (value: string): string =>
  /^".*"$/s.test(value) && value.length > 1 ? value.slice(1, -1).replace(/\\(["\\])/g, "$1") : value;

/** A value as it must be written behind a field. */
export const quoted = (value: string): string =>
  /[\s()"]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;

export interface Parts {
  readonly facts: Term[];
  readonly words: string;
}

/** Facts that every hit must have, and the rest. With an OR between terms nothing can be taken apart. */
export function partsOf(query: string): Parts {
  const parts = splitQuery(query);
  if (parts.includes("OR")) return { facts: [], words: query.trim() };
  const terms = parts.map(parseTerm);
  const facts = terms.filter(({ field }) => field !== "");
  return { facts, words: terms.filter(({ field }) => field === "").map(({ text }) => text).join(" ") };
}

export const joined = (words: string, facts: readonly Term[]): string =>
  [words.trim(), ...facts.map(({ text }) => text)].filter((text) => text !== "").join(" ");

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const opposite = (text: string): string => (text.startsWith("-") ? text.slice(1) : `-${text}`);

export const hasTerm = (query: string, term: string): boolean => partsOf(query).facts.some(({ text }) => same(text, term));

/** The query that asks for `term` as well; its opposite goes. */
export function withTerm(query: string, term: string): string {
  const { facts, words } = partsOf(query);
  const kept = facts.filter(({ text }) => !same(text, term) && !same(text, opposite(term)));
  const group = splitQuery(words).includes("OR") ? `(${words})` : words;
  return joined(group, [...kept, parseTerm(term)]);
}

export function withoutTerm(query: string, term: string): string {
  const { facts, words } = partsOf(query);
  return joined(words, facts.filter(({ text }) => !same(text, term)));
}

/** What is being typed at the end of the words: the last token, and the field it begins with, if any. */
export interface Typing {
  readonly before: string;
  readonly token: string;
  readonly sign: "" | "-";
  readonly field: string;
  readonly value: string;
}

export function typingOf(words: string): Typing {
  const tokens = splitQuery(words);
  const token = /\s$/.test(words) || tokens.length === 0 ? "" : (tokens.at(-1) as string);
  const found = /^(-?)(?:([a-z]{1,12}):)?(.*)$/is.exec(token);
  const field = found?.[2]?.toLowerCase() ?? "";
  const known = kKnown.has(field);
  return {
    before: words.slice(0, words.length - token.length),
    token,
    sign: found?.[1] === "-" ? "-" : "",
    field: known ? field : "",
    value: known ? unquoted(found?.[3] ?? "").replace(/^"/, "") : token.replace(/^-/, ""),
  };
}

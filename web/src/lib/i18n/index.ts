// Words of the interface. t("gallery.pictures", { n: 3 }) takes the message of that key out of the catalogue and fills
// its {names}; a message with several forms takes the one that the language has for {n}. Numbers are written as the
// reader's language writes them. Keys and names are checked by the compiler.
import { en } from "./en";

/** One text, or the forms of a plural after Intl.PluralRules; `other` is always there. */
export type Message = string | { readonly one?: string; readonly other: string };

type Catalogue = typeof en;
export type MessageKey = keyof Catalogue;

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextOf<Key extends MessageKey> = Catalogue[Key] extends { readonly other: infer Other } ? Other : Catalogue[Key];
type Values<Key extends MessageKey> = Record<NamesIn<TextOf<Key>>, string | number>;
/** Keys whose text has no {names}: what a button or a heading may be given. */
export type PlainKey = { [Key in MessageKey]: [NamesIn<TextOf<Key>>] extends [never] ? Key : never }[MessageKey];
type Rest<Key extends MessageKey> = [NamesIn<TextOf<Key>>] extends [never] ? [] : [Values<Key>];

const kLanguage = typeof navigator === "undefined" ? "en" : navigator.language;
const plurals = new Intl.PluralRules("en");
const numbers = new Intl.NumberFormat(kLanguage);

/** Fills {names}; what has no value stays as it is. Exported for its test. */
export function fill(message: Message, values: Record<string, string | number>): string {
  const count = values["n"];
  const form = typeof message === "string" ? message : (typeof count === "number" && plurals.select(count) === "one" ? message.one : undefined) ?? message.other;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

export function t<Key extends MessageKey>(key: Key, ...[values]: Rest<Key>): string {
  return fill(en[key] as Message, (values ?? {}) as Record<string, string | number>);
}

/** For keys that are put together; the plain key where the catalogue lacks it. */
export function tAny(key: string, values: Record<string, string | number> = {}): string {
  const message = (en as Record<string, Message>)[key];
  return message === undefined ? key : fill(message, values);
}

export const formatNumber = (value: number): string => numbers.format(value);

const percents = new Intl.NumberFormat(kLanguage, { style: "percent", maximumFractionDigits: 0 });
export const formatPercent = (share: number): string => percents.format(share);

export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    ++step;
  }
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(kLanguage, { style: "unit", unit: units[step] as string, maximumFractionDigits: digits }).format(value);
}

/** "June 2024" of "2024-06". */
export function formatMonth(month: string): string {
  const [year, number] = month.split("-").map(Number);
  if (year === undefined || number === undefined || Number.isNaN(year + number)) return month;
  return new Intl.DateTimeFormat(kLanguage, { year: "numeric", month: "long", timeZone: "UTC" }).format(Date.UTC(year, number - 1, 15));
}

/** "March - June 2024" of two months, either way round. */
export function formatMonths(one: string, other: string): string {
  const [first, last] = [one, other].sort().map((month) => Date.parse(`${month}-15T00:00:00Z`)) as [number, number];
  if (one === other || Number.isNaN(first + last)) return formatMonth(one);
  return new Intl.DateTimeFormat(kLanguage, { year: "numeric", month: "long", timeZone: "UTC" }).formatRange(first, last);
}

/** A moment as the camera's clock told it, or UTC: no zone is applied. */
export function formatMoment(text: string): string {
  const time = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) return text;
  return new Intl.DateTimeFormat(kLanguage, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(time);
}

/** "5 minutes ago" in the reader's zone. */
export function formatAgo(text: string, now = Date.now()): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return text;
  const seconds = Math.round((time - now) / 1000);
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  const format = new Intl.RelativeTimeFormat(kLanguage, { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(Math.min(0, seconds), "second");
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  const whole = Math.round(seconds);
  if (whole < 60) return t("time.seconds", { n: whole });
  if (whole < 3600) return t("time.minutes", { n: Math.round(whole / 60) });
  return t("time.hours", { n: Math.round(whole / 360) / 10 });
}

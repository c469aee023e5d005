// What stands above which pictures: the months of a timeline, the point where a ranked list becomes less certain. Months
// with a handful of pictures share a heading, so that a sparse timeline is not one picture to a row.
import { formatMonths, t } from "../i18n";
import type { Listing, Month } from "../types";
import type { Section } from "./layout";

export interface Heading extends Section {
  readonly label: string;
  readonly hint: string;
  /** Where the section is of a timeline: its first month, "2024-06", or "" for pictures without a date. Else null. */
  readonly month: string | null;
}

const kHeadingPx = 44;
const kHandful = 6;

export function headingsOf(listing: Pick<Listing, "ranked" | "ids" | "months" | "above_cut" | "nothing_matches"> | null): Heading[] {
  if (!listing || listing.ids.length === 0) return [];
  const total = listing.ids.length;
  const plain = (start: number, count: number): Heading => ({ start, count, heading: 0, label: "", hint: "", month: null });
  if (listing.ranked) {
    const above = listing.nothing_matches ? 0 : Math.min(total, listing.above_cut ?? total);
    const label = listing.nothing_matches ? t("grid.nearest") : t("grid.less_certain");
    const below = { start: above, count: total - above, heading: kHeadingPx, label, hint: t("grid.pictures", { n: total - above }), month: null };
    return [plain(0, above), below].filter(({ count }) => count > 0);
  }
  const months = listing.months ?? [];
  if (months.reduce((sum, { count }) => sum + count, 0) !== total) return [plain(0, total)];
  let start = 0;
  return shared(months).map(({ first, last, count }) => {
    const label = first === null || last === null ? t("grid.undated") : formatMonths(first, last);
    const heading = { start, count, heading: kHeadingPx, label, hint: t("grid.pictures", { n: count }), month: first ?? "" };
    start += count;
    return heading;
  });
}

interface Span {
  first: string | null;
  last: string | null;
  count: number;
}

function shared(months: readonly Month[]): Span[] {
  const spans: Span[] = [];
  for (const { month, count } of months) {
    const span = spans.at(-1);
    if (span && span.first !== null && month !== null && span.count < kHandful && count < kHandful) {
      span.last = month;
      span.count += count;
    } else {
      spans.push({ first: month, last: month, count });
    }
  }
  return spans;
}


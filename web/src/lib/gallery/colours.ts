// A colour to show for each colour name of the query language (docs/query.md).
export const kColours: Readonly<Record<string, string>> = {
  red: "#b23a34", orange: "#d9812f", yellow: "#dcc24a", green: "#5c8a4b", teal: "#2f7f80", cyan: "#5fb6c4",
  blue: "#3e6fb0", navy: "#27365c", purple: "#6d4a86", violet: "#8668b5", magenta: "#b04a8a", pink: "#d995a8",
  brown: "#74523a", beige: "#cdb994", gold: "#b8923b", olive: "#77753a", maroon: "#6b2a2e", lime: "#9dbf4c",
  sky: "#8fb6d9", turquoise: "#58b3a6", cream: "#eee3c7", skin: "#d0a386", black: "#141414", grey: "#87878a", white: "#f4f4f2",
};

/** What to paint for the value of a color: term; "" where it names none. */
export function paintOf(value: string): string {
  const colour = value.split("~")[0]?.toLowerCase() ?? "";
  if (/^#([0-9a-f]{3}|[0-9a-f]{6})$/.test(colour)) return colour;
  return kColours[colour === "gray" ? "grey" : colour] ?? "";
}

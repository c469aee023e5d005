// What the menus of a board hold.
import { t } from "../lib/i18n";
import type { Arrangement } from "../lib/types";
import type { Edge, Measure } from "./engine/arrange";
import type { Entry } from "./Menu.svelte";
import type { BoardSession } from "./session.svelte";

const kArrangements: Arrangement[] = ["meaning", "colour", "time", "clusters", "rows", "pack"];
const kEdges: [Edge, string][] = [["left", "Ctrl+Left"], ["centre", ""], ["right", "Ctrl+Right"], ["top", "Ctrl+Up"], ["middle", ""], ["bottom", "Ctrl+Down"]];
const kMeasures: Measure[] = ["width", "height", "size"];

export function arrangeMenu(session: BoardSession): Entry[] {
  void session.version;
  const few = session.selection.size < 2;
  return [
    ...kArrangements.map((by) => ({ label: t(`boards.arrange.${by}`), run: () => session.arrange(by) })),
    ...kEdges.map(([edge, keys]) => ({ label: t(`boards.align.${edge}`), keys, off: few, run: () => session.align(edge) })),
    ...(["x", "y"] as const).map((axis) => ({ label: t(`boards.distribute.${axis}`), off: session.selection.size < 3, run: () => session.distribute(axis) })),
    ...kMeasures.map((measure) => ({ label: t(`boards.normalise.${measure}`), off: few, run: () => session.normalise(measure) })),
  ];
}

export function selectionMenu(session: BoardSession): Entry[] {
  void session.version;
  const none = session.selection.size === 0;
  const entry = (label: Parameters<typeof t>[0], keys: string, run: () => void, off = none): Entry => ({ label: (t as (key: string) => string)(label), keys, off, run });
  const only = session.selection.size === 1 ? [...session.selection][0] : undefined;
  return [
    entry("boards.cmd.all", "Ctrl+A", () => session.select(session.model.ids()), false),
    entry("boards.cmd.edit", "Enter", () => only && session.edit(only), !only),
    entry("boards.cmd.caption", "T", () => session.caption(), !only || session.model.get(only)?.kind !== "picture"),
    entry("boards.cmd.duplicate", "Ctrl+D", () => session.duplicate()),
    entry("boards.cmd.group", "Ctrl+G", () => session.group(), session.selection.size < 2),
    entry("boards.cmd.ungroup", "Ctrl+Shift+G", () => session.ungroup()),
    entry("boards.cmd.lock", "L", () => session.toggle("locked")),
    entry("boards.cmd.front", "]", () => session.raise(true)),
    entry("boards.cmd.back", "[", () => session.raise(false)),
    entry("boards.cmd.flip_x", "H", () => session.toggle("flip_x")),
    entry("boards.cmd.flip_y", "Shift+H", () => session.toggle("flip_y")),
    entry("boards.cmd.turn", "R", () => session.turn(15)),
    entry("boards.cmd.grey", "B", () => session.toggle("grey")),
    ...[100, 75, 50, 25].map((share) => ({ label: `${t("boards.opacity")} ${share} %`, off: none, run: () => session.opacity(share / 100) })),
    ...([["", t("boards.colour.none")], ["#ffe08a", ""], ["#ff8a80", ""], ["#a5d6a7", ""], ["#90caf9", ""]] as const).map(([colour, name]) => ({
      label: name || `${t("boards.colour")} ${colour}`,
      off: none,
      run: () => session.colour(colour),
    })),
    entry("boards.cmd.squint", "Shift+S", () => squint(session), false),
    entry("boards.cmd.snap", "Shift+G", () => (session.snapping = !session.snapping), false),
    entry("boards.cmd.present", "P", () => (session.presenting = true), false),
    entry("boards.cmd.delete", "Del", () => session.remove()),
  ];
}

export function squint(session: BoardSession): void {
  session.squint = !session.squint;
  session.repaint();
}

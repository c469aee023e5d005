// The keys of a board. Arrows move the chosen items; with nothing chosen they walk from item to item. A presentation has
// keys of its own, and changes nothing.
import type { PlainKey } from "../lib/i18n";
import { keys, type Binding } from "../lib/keys";
import { squint } from "./menus";
import type { BoardSession } from "./session.svelte";

interface Ways {
  panel(name: "tray" | "suggest" | "palette" | "versions"): void;
  export(): void;
}

export function boardKeys(session: BoardSession, ways: Ways): () => void {
  const bind = (written: string | string[], label: PlainKey, run: (event: KeyboardEvent) => void): Binding => ({
    keys: written,
    label,
    group: "keys.group.board",
    run: (event) => {
      if (!session.presenting) run(event);
    },
  });
  return keys.register(
    bind("mod+z", "boards.undo", () => session.undo()),
    bind(["mod+shift+z", "mod+y"], "boards.redo", () => session.redo()),
    bind(["+", "="], "boards.zoom_in", () => session.zoom(1.25)),
    bind("-", "boards.zoom_out", () => session.zoom(0.8)),
    bind("0", "boards.fit", () => session.fit()),
    bind("1", "boards.actual", () => session.zoom(1 / session.camera.zoom)),
    bind("v", "boards.tool.select", () => (session.tool = "select")),
    bind("m", "boards.tool.hand", () => (session.tool = "hand")),
    bind("n", "boards.tool.note", () => (session.tool = "note")),
    bind("w", "boards.tool.arrow", () => (session.tool = "arrow")),
    bind("f", "boards.tool.frame", () => (session.tool = "frame")),
    bind("a", "boards.panel.tray", () => ways.panel("tray")),
    bind("s", "boards.panel.suggest", () => ways.panel("suggest")),
    bind("c", "boards.panel.palette", () => ways.panel("palette")),
    bind("shift+v", "boards.panel.versions", () => ways.panel("versions")),
    bind("e", "boards.export", () => ways.export()),
    bind("p", "boards.cmd.present", () => (session.presenting = true)),
    bind("mod+a", "boards.cmd.all", () => session.select(session.model.ids())),
    bind("mod+d", "boards.cmd.duplicate", () => session.duplicate()),
    bind("mod+g", "boards.cmd.group", () => session.group()),
    bind("mod+shift+g", "boards.cmd.ungroup", () => session.ungroup()),
    bind(["Delete", "Backspace"], "boards.cmd.delete", () => session.remove()),
    bind("l", "boards.cmd.lock", () => session.toggle("locked")),
    bind("h", "boards.cmd.flip_x", () => session.toggle("flip_x")),
    bind("shift+h", "boards.cmd.flip_y", () => session.toggle("flip_y")),
    bind("b", "boards.cmd.grey", () => session.toggle("grey")),
    bind("shift+s", "boards.cmd.squint", () => squint(session)),
    bind("shift+g", "boards.cmd.snap", () => (session.snapping = !session.snapping)),
    bind("t", "boards.cmd.caption", () => session.caption()),
    bind("r", "boards.cmd.turn", () => session.turn(15)),
    bind("]", "boards.cmd.front", () => session.raise(true)),
    bind("[", "boards.cmd.back", () => session.raise(false)),
    bind("mod+ArrowLeft", "boards.align.left", () => session.align("left")),
    bind("mod+ArrowRight", "boards.align.right", () => session.align("right")),
    bind("mod+ArrowUp", "boards.align.top", () => session.align("top")),
    bind("mod+ArrowDown", "boards.align.bottom", () => session.align("bottom")),
    bind("mod+alt+ArrowLeft", "boards.normalise.width", () => session.normalise("width")),
    bind("mod+alt+ArrowUp", "boards.normalise.height", () => session.normalise("height")),
    bind("mod+alt+ArrowDown", "boards.normalise.size", () => session.normalise("size")),
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "boards.cmd.nudge", group: "keys.group.board" },
    { keys: ["ArrowLeft", "ArrowRight", ",", "."], label: "boards.cmd.walk", group: "keys.group.board" },
    { keys: "Enter", label: "boards.cmd.edit", group: "keys.group.board" },
    { keys: "Escape", label: "boards.cmd.none", group: "keys.group.board" },
  );
}

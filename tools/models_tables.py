#!/usr/bin/env python3
"""Puts the tables of docs/models.md that bench/results/ holds the figures of between their marks.

usage: models_tables.py [--check]     --check: fails when the page says otherwise (the test lint.models)
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/models.md"
MARK = re.compile(r"(<!-- table (\w+): made by tools/models_tables.py -->\n).*?(<!-- end of table -->\n)", re.DOTALL)


def read(name):
    return json.loads((ROOT / "bench/results" / name).read_text())


def rows_of(header, rows):
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def precisions():
    busy = ", ".join(f"{pack['load_average']} ({name})" for name, pack in read("precisions.json")["packs"].items())
    header = ("model, tower", "precision", "cosine with fp32: mean, 1st percentile", "R@10 change", "items/s", "MB", "layers left in floats; in int4: in 8 bits")
    rows, left_out, sizes = [], [], []
    for name, pack in read("precisions.json")["packs"].items():
        for part in ("image", "text"):
            for precision, row in pack[part].items():
                rows.append((f"{name}: {part}", precision, f"{row['cosine_mean']:.4f}, {row['cosine_p1']:.4f}", f"{row['recall10_change']:+.1f}", f"{row['items_per_second']:.0f}", f"{row['megabytes']:.0f}",
                             row.get("left_in_float", row.get("left_in_8_bits", ""))))
            left_out += [f"{name}: {part}, {precision}: {why}." for precision, why in pack["left_out"][part].items()]
        eight, four, whole = (pack["text"][precision]["megabytes"] for precision in ("int8", "int4", "fp32"))
        sizes.append(f"{four:.1f} MB, {four / eight:.2f} of int8's and {four / whole:.2f} of fp32's ({name})")
    starter = read("starter_quality.json")
    recall, cosine = (starter[key] for key in ("dev_text_to_image_1000_photos_5000_captions", "cosine_int8_to_float"))
    for part in ("image", "text"):
        rows.append((f"the starter: {part}", "int8", f"{cosine[part]['mean']:.4f}, lowest {cosine[part]['lowest']:.4f}", f"{recall['int8']['R@10'] - recall['float']['R@10']:+.1f} (both towers)", "", "", ""))
    return f"Load average while the speeds were taken, on {read('precisions.json')['cores']} cores: {busy}.\n\n" + rows_of(header, rows) + "\nThe text tower in int4: " + "; ".join(sizes) + ".\n\nNot made. " + " ".join(left_out) + "\n"


def providers():
    result = read("vit_speed.json")
    rows = [(name, f"{one['images_per_second']:.0f}", f"{one['times_open_clip']:.2f}", f"{one['cosine_mean']:.4f}, {one['cosine_p1']:.4f}", f"{one['opens_in_s']:.1f}" if one["opens_in_s"] else "")
            for name, one in result["results"].items()]
    before, after = result["load_average_before_and_after"]
    return f"Load average {before} before and {after} after, on {result['cores']} cores: read the ratios.\n\n" + rows_of(("who", "images/s", "times open_clip", "cosine with open_clip: mean, 1st percentile", "opens in s"), rows) + (
        f"\nVitrine's int8 is {result['vitrine_int8_over_open_clip']} times open_clip (3 were asked for) and {result['vitrine_int8_over_best_plain_runtime']} times the better of ONNX Runtime's fp32 and its "
        f"dynamic int8 (1.2); of the 100 images/s asked for it reaches {result['results']['Vitrine int8 openvino']['images_per_second']:.0f} on this {result['cpu']}.\n")


def imports():
    result = read("import.json")
    rows = [(name, one["layout"], one["edge_px"], f"{one['squares']['largest_difference']:.1e}", f"{one['sentences']['largest_difference']:.1e}",
             f"{one['photos']['largest_difference']:.1e}, {one['photos']['least_cosine']:.5f}") for name, one in result["models"].items()]
    return rows_of(("model", "layout", "px", "pictures that need no resizing", "sentences", "photographs, and least cosine"), rows)


def tokenizers():
    result = read("tokenizers.json")
    rows = [(name, f"{one['vitrine_load_ms']:.0f} / {one['reference_load_ms']:.0f}", *(f"{one[kind]['vitrine_ids_per_s'] / 1e6:.1f} M ids/s, {one[kind]['times_the_reference']:.1f} / {one[kind]['times_the_reference_batch']:.1f}"
             for kind in ("queries", "mixed", "100 kB"))) for name, one in result["tokenizers"].items()]
    return rows_of(("tokenizer", "loads in ms, ours / reference", "queries", "mixed scripts", "100 kB, of which 64 ids are wanted"), rows)


def distillation():
    result = read("distill.json")
    rows = [("the teacher", 1, 1, 1, 1, f"{result['teacher']['captions']['R@10']:.1f}")]
    for one in result["students"]:
        unseen = one["unseen"]
        rows.append((one["backbone"].removesuffix(" 1"), f"{one['speed_up']:.2f}", f"{unseen['overlap_at_10']:.2f}", f"{unseen['overlap_at_10_of_200']:.2f}", f"{unseen['cosine_mean']:.3f}",
                     f"{unseen['captions']['R@10']:.1f}"))
    return rows_of(("backbone", "times as fast", "overlap@10 of 1,000", "of 200", "mean cosine", "R@10"), rows)


TABLES = {"precisions": precisions, "providers": providers, "imports": imports, "tokenizers": tokenizers, "distillation": distillation}


def main():
    text = PAGE.read_text(encoding="utf-8")
    names = [match[2] for match in MARK.finditer(text)]
    if sorted(names) != sorted(TABLES):
        sys.exit(f"{PAGE.name} has marks for {', '.join(names)}; wanted are {', '.join(TABLES)}")
    wanted = MARK.sub(lambda match: match[1] + "\n" + TABLES[match[2]]() + "\n" + match[3], text)
    if "--check" in sys.argv[1:]:
        if wanted != text:
            sys.exit("docs/models.md does not say what bench/results/ says: run tools/models_tables.py")
        print("models: the tables say what bench/results/ says")
    else:
        PAGE.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Puts the figures of bench/results/ into the README, between its two marks.

usage: readme_figures.py [--check]     --check: fails when the README says otherwise (the test lint.figures)
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
START = "<!-- figures: made by tools/readme_figures.py from bench/results/ -->\n"
END = "<!-- end of figures -->\n"


def read(name):
    return json.loads((ROOT / "bench/results" / name).read_text())


def quality_rows():
    figures = read("starter_quality.json")
    recall = figures["dev_text_to_image_1000_photos_5000_captions"]
    cosine = figures["cosine_int8_to_float"]
    yield ("Flickr8k dev, caption to photo, R@1 / R@5 / R@10", " / ".join(f"{recall['int8'][k]:.1f}" for k in ("R@1", "R@5", "R@10")),
           "float: " + " / ".join(f"{recall['float'][k]:.1f}" for k in ("R@1", "R@5", "R@10")))
    yield "int8 against float, mean cosine", f"picture {cosine['image']['mean']:.4f}, text {cosine['text']['mean']:.4f}", ""


def speed_rows():
    ingest, decode, library, embed = (read(name + ".json") for name in ("ingest", "decode", "library", "embed"))
    ours, theirs = (sorted(ingest[k])[len(ingest[k]) // 2] for k in ("vitrine_images_per_second", "python_images_per_second"))
    yield ("12-megapixel JPEGs, folder to searchable", f"{ours:.0f} images/s",
           f"{ingest['ratio_median']:.1f} times the usual Python pipeline ({theirs:.1f}/s)")
    yield ("decoding them, sandboxed", f"{decode['median_ms_per_picture']['sandboxed']:.0f} ms a picture",
           f"{decode['times_faster_than_pillow_full']:.1f} times Pillow; the sandbox costs {100 * decode['sandbox_cost']:.0f} %")
    rates = {name: embed[name]["images_per_second"]["batch_8"] for name in ("CPUExecutionProvider", "OpenVINOExecutionProvider")}
    yield ("image tower from decoded pixels, batch 8", " / ".join(f"{rate['median']}" for rate in rates.values()) + " images/s",
           "ONNX Runtime's own kernels / OpenVINO; at best " + " / ".join(f"{rate['best']}" for rate in rates.values()))
    text = embed["text_12_tokens"]
    yield "text tower, 12 tokens", f"{text['p50_ms']:.1f} ms", f"opens in {text['open_ms']} ms"
    pictures = f"{library['pictures']:,} pictures"
    yield f"text query, {pictures}, model warm", f"{library['text_query_warm']['p50_ms']:.1f} ms", f"p95 {library['text_query_warm']['p95_ms']:.1f} ms"
    yield f"similar pictures, {pictures}", f"{library['similar_in_library']['p50_ms']:.1f} ms", f"p95 {library['similar_in_library']['p95_ms']:.1f} ms"
    yield ("text query as a new process", f"{library['text_query_new_process']['p50_ms']:.0f} ms",
           f"peak {library['peak_resident_mb_of_process']} MB resident")


def model_rows():
    speed, ingest, text, imports, tokenizers = (read(name) if (ROOT / "bench/results" / name).exists() else None
                                                for name in ("vit_speed.json", "ingest_vit.json", "text_speed.json", "import.json", "tokenizers.json"))
    if speed:
        tower, busy = speed["results"]["Vitrine int8 openvino"], max(speed["load_average_before_and_after"])
        yield ("CLIP ViT-B/32 image tower, int8", f"{tower['images_per_second']:.0f} images/s" + (f" (at a load of {busy:.0f})" if busy > 3 else ""),
               f"{speed['vitrine_int8_over_open_clip']:.1f} times open_clip, {speed['vitrine_int8_over_best_plain_runtime']:.1f} times the better of ONNX Runtime's fp32 and dynamic int8; "
               f"cosine {tower['cosine_mean']:.4f}")
    if ingest:
        ours, theirs = (sorted(ingest[k])[len(ingest[k]) // 2] for k in ("vitrine_images_per_second", "python_images_per_second"))
        yield ("12-megapixel JPEGs, folder to searchable with it", f"{ours:.0f} images/s" + (f" (at a load of {ingest['load_average']:.0f})" if ingest["load_average"] > 3 else ""),
               f"{ingest['ratio_median']:.1f} times the usual Python pipeline in fp32 ({theirs:.1f}/s)")
    if text:
        cost = lambda name: " / ".join(f"{text[way][name]['p50_ms']:.0f}" for way in ("cold", "warm"))
        yield ("text query with its text tower, int8: new process / warm", f"{cost('int8')} ms",
               f"fp32: {cost('fp32')} ms; Python with ONNX Runtime, new process: {text['python_cold']['p50_ms']:.0f} ms")
    if imports:
        far = max(one[kind]["largest_difference"] for one in imports["models"].values() for kind in ("squares", "sentences"))
        yield (f"imported {', '.join(imports['models'])}, fp32", f"within {far:.1e} of the reference", "largest difference of any number of a vector, random weights")
    if tokenizers:
        faster = [one["queries"]["times_the_reference"] for one in tokenizers["tokenizers"].values()]
        yield ("tokenizers, one thread", f"{min(faster):.1f} to {max(faster):.1f} times the reference", "queries one by one; the same ids")


def search_rows():
    exact, large, huge = (read(name) if (ROOT / "bench/results" / name).exists() else None
                          for name in ("vectors_exact.json", "vectors_large.json", "vectors_huge.json"))
    for result in filter(None, (exact, large)):
        ours, sq8, flat = (result["methods"][name] for name in ("vitrine", "faiss_sq8", "faiss_flat_f32"))
        beside = f"faiss SQ8 {sq8['p50_ms']:.1f} ms ({sq8['recall_at_10']:.3f}), flat f32 {flat['p50_ms']:.0f} ms"
        if "hnswlib" in result["methods"]:
            graph = result["methods"]["hnswlib"]
            beside += f", hnswlib {graph['p50_ms']:.1f} ms ({graph['recall_at_10']:.3f})"
            if "build_cpu_seconds" in ours["index"]:
                beside += f"; processor seconds of the build: {ours['index']['build_cpu_seconds']:.0f}, hnswlib {graph['build_cpu_seconds']:.0f}"
        yield (f"vector search, {result['rows']:,} x {result['dimension']}", f"{ours['p50_ms']:.1f} ms, recall@10 {ours['recall_at_10']:.3f}", beside)
    if huge:
        yield (f"vector search, {huge['rows']:,} x {huge['dimension']}", f"{huge['p50_ms']:.1f} ms, recall@10 {huge['recall_at_10']:.3f}",
               f"index built in {huge['built']['build_seconds'] / 60:.1f} minutes")


def gallery_rows():
    if not (ROOT / "bench/results/gallery_web.json").exists():
        return
    gallery, board, layout = (read(name + ".json") for name in ("gallery_web", "board_web", "layout"))
    frame = f"the machine's own frame: {gallery['empty_page']['p95_ms']:.1f} ms"
    pictures = f"{gallery['pictures']:,} pictures"
    yield (f"gallery of {pictures}, in a browser", f"{gallery['first_visit_ms']} ms to the first visit's pictures",
           f"again: {gallery['first_paint']['p50_ms']:.0f} ms; {gallery['scroll_fast']['most_tiles']} tiles, {gallery['heap_mb']:.0f} MB of heap")
    yield "scrolling it, p95 frame", f"{gallery['scroll_slow']['p95_ms']:.1f} ms", frame
    yield ("from a key to what it finds", f"{gallery['key_to_first_picture']['p50_ms']:.0f} ms to the first picture",
           f"p95 {gallery['key_to_first_picture']['p95_ms']:.0f} ms; all in sight {gallery['key_to_all_in_sight']['p50_ms']:.0f} ms")
    yield "from a click to the lightbox", f"{gallery['lightbox']['p50_ms']:.0f} ms", f"p95 {gallery['lightbox']['p95_ms']:.0f} ms"
    yield ("board of 500 pictures, pan and zoom, p95 frame", f"{max(board['boards']['500'][k]['p95_ms'] for k in ('pan_fitted', 'zoom', 'pan_near')):.1f} ms",
           f"of 2,000: {max(board['boards']['2000'][k]['p95_ms'] for k in ('pan_fitted', 'zoom', 'pan_near')):.1f} ms; the machine's own: {board['empty_page']['p95_ms']:.1f} ms")
    (meaning,) = (result["meaning"] for result in layout["results"] if result["pictures"] == 500)
    yield ("500 pictures arranged by meaning", f"{meaning['cpu_seconds']:.2f} s", f"trustworthiness at k = 10: {meaning['trust_at_10']:.3f}; overlaps: {meaning['overlaps']}")


def table():
    cpu, cores = read("library.json")["cpu"], read("library.json")["cores"]
    lines = [f"Measured on {cores} shared cores of an {cpu} processor (AVX-512 with VNNI), Debian 12.\n", "\n", "| what | Vitrine | beside it |\n", "|---|---|---|\n"]
    for rows in (quality_rows(), speed_rows(), model_rows(), search_rows(), gallery_rows()):
        lines.extend(f"| {what} | {figure} | {note} |\n" for what, figure, note in rows)
    return "".join(lines)


def main():
    readme = ROOT / "README.md"
    text = readme.read_text()
    before, rest = text.split(START)
    after = rest.split(END)[1]
    wanted = before + START + "\n" + table() + "\n" + END + after
    if "--check" in sys.argv[1:]:
        if wanted != text:
            sys.exit("README.md does not say what bench/results/ says: run tools/readme_figures.py")
        print("figures: the README says what bench/results/ says")
    else:
        readme.write_text(wanted)


if __name__ == "__main__":
    main()

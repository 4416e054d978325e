import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const TRUECOLOUR = 2;
const PALETTE = 3;
const MOST_COLOURS = 256;

interface Image {
  width: number;
  height: number;
  /** Three bytes a dot, row by row. */
  rgb: Buffer;
}

function* chunksOf(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/** Paeth's predictor (PNG §9.4). */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** Takes the filters of the rows back (PNG §9.2). */
function unfilter(rows: Buffer, stride: number, step: number): Buffer {
  const plain = Buffer.alloc((rows.length / (stride + 1)) * stride);
  for (let row = 0; row * stride < plain.length; row += 1) {
    const filter = rows[row * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = row * stride + x;
      const left = x < step ? 0 : (plain[at - step] ?? 0);
      const above = row === 0 ? 0 : (plain[at - stride] ?? 0);
      const corner = x < step || row === 0 ? 0 : (plain[at - stride - step] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      plain[at] = (rows[row * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return plain;
}

/** Reads a PNG as Chromium writes them: 8 bits a channel, without transparency, not interlaced. Throws for others. */
function read(png: Buffer): Image {
  const chunks = [...chunksOf(png)];
  const head = chunks.find(({ type }) => type === 'IHDR')?.data;
  if (head === undefined || head[8] !== 8 || head[9] !== TRUECOLOUR || head[12] !== 0)
    throw new Error('not a PNG of 8 bits a channel');
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  return { width, height, rgb: unfilter(inflateSync(Buffer.concat(packed)), width * 3, 3) };
}

/** Dark colours are told apart better than light ones; a soft shadow or a gradient would show as stripes. */
function bucketOf(colour: number): number {
  const isDark = (colour >> 16) + ((colour >> 8) & 255) + (colour & 255) < 200;
  return isDark ? colour & 0xfcfcfc : colour & 0xf8f8f8;
}

/** The colours that stand for all: those most often there, near ones as one. */
function chooseColours(rgb: Buffer): number[] {
  const seen = new Map<number, Map<number, number>>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = rgb.readUIntBE(at, 3);
    const bucket = bucketOf(colour);
    const shades = seen.get(bucket) ?? new Map<number, number>();
    shades.set(colour, (shades.get(colour) ?? 0) + 1);
    seen.set(bucket, shades);
  }
  const total = (shades: Map<number, number>) => [...shades.values()].reduce((sum, count) => sum + count, 0);
  const usual = (shades: Map<number, number>) => [...shades].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  return [...seen.values()]
    .sort((a, b) => total(b) - total(a))
    .slice(0, MOST_COLOURS)
    .map(usual);
}

function nearest(colour: number, colours: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, other] of colours.entries()) {
    const [r, g, b] = [16, 8, 0].map((shift) => ((colour >> shift) & 255) - ((other >> shift) & 255));
    const distance = (r ?? 0) ** 2 + (g ?? 0) ** 2 + (b ?? 0) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The same picture in at most 256 colours, at about a third of the bytes: what a page of text needs. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = read(png);
  const colours = chooseColours(rgb);
  const places = new Map<number, number>();
  const rows = Buffer.alloc((width + 1) * height);
  for (let dot = 0; dot < width * height; dot += 1) {
    const colour = rgb.readUIntBE(dot * 3, 3);
    const place = places.get(colour) ?? nearest(colour, colours);
    places.set(colour, place);
    rows[Math.floor(dot / width) + dot + 1] = place;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, PALETTE], 8);
  const palette = Buffer.from(
    colours.flatMap((colour) => [16, 8, 0].map((shift) => (colour >> shift) & 255)),
  );
  const packed = deflateSync(rows, { level: 9 });
  const parts = [chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', packed)];
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

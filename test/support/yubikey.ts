import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const LETTERS = 'cbdefghijklnrtuv';

/** Bytes in modhex: each half byte as the letter that stands on the same key in almost every keyboard layout. */
export function modhex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `${LETTERS[byte >> 4]}${LETTERS[byte & 15]}`).join('');
}

function bytesOf(text: string): Buffer {
  const digits = [...text].map((letter) => LETTERS.indexOf(letter).toString(16)).join('');
  return Buffer.from(digits, 'hex');
}

/** CRC-16 of ISO 13239; over a block that ends in its own it is 0xf0b8. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc;
}

const RIGHT_CRC = 0xf0b8;

/** What is in a code, once decrypted. */
export interface Touch {
  session: number;
  use: number;
}

/** A YubiKey with a Yubico OTP in its slot. */
export interface YubiKey {
  /** 12 modhex characters. */
  publicId: string;
  /** Types a code: 44 modhex characters, in lower case and without the Enter. */
  touch(): string;
  /** Takes power away and gives it back: the session counter rises, touches count from 0. */
  replug(): void;
  /** Reads one of its codes, as the validation service can; undefined for anything that its key did not encrypt. */
  read(otp: string): Touch | undefined;
}

/** Makes one with secrets of its own, as Yubico programs it: AES-128 over one block, with a private id and a CRC. */
export function createYubiKey({ publicId = modhex(randomBytes(6)), session = 1 } = {}): YubiKey {
  const aesKey = randomBytes(16);
  const privateId = randomBytes(6);
  const counters = { session, use: -1 };
  return {
    publicId,
    touch() {
      counters.use += 1;
      const block = Buffer.alloc(16);
      privateId.copy(block);
      block.writeUInt16LE(counters.session, 6);
      randomBytes(3).copy(block, 8);
      block.writeUInt8(counters.use, 11);
      randomBytes(2).copy(block, 12);
      block.writeUInt16LE(~crc16(block.subarray(0, 14)) & 0xffff, 14);
      const cipher = createCipheriv('aes-128-ecb', aesKey, null).setAutoPadding(false);
      return publicId + modhex(Buffer.concat([cipher.update(block), cipher.final()]));
    },
    replug() {
      counters.session += 1;
      counters.use = -1;
    },
    read(otp) {
      const decipher = createDecipheriv('aes-128-ecb', aesKey, null).setAutoPadding(false);
      const block = Buffer.concat([decipher.update(bytesOf(otp.slice(-32))), decipher.final()]);
      if (crc16(block) !== RIGHT_CRC || !block.subarray(0, 6).equals(privateId)) return undefined;
      return { session: block.readUInt16LE(6), use: block.readUInt8(11) };
    },
  };
}

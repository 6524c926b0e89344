package io.nimoshake.dynamodb.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;

/**
 * The parts of a gzip file. A block ends at a whole byte and does not refer to the blocks before
 * it, so a file can be cut behind any block, and go on there with another one. The whole is one
 * member, because some readers stop at the end of the first.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952, GZIP file format</a>
 */
final class GzipParts {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /** An empty block that says that it is the last one. */
  private static final byte[] LAST_BLOCK = {3, 0};

  private static final int TRAILER_BYTES = LAST_BLOCK.length + 8;
  private static final int BUFFER_BYTES = 64 * 1024;

  private GzipParts() {}

  /** How a file begins. */
  static ByteBuffer header() {
    return ByteBuffer.wrap(HEADER.clone());
  }

  /** A block, compressed fast: the copy should not wait for it. */
  static ByteBuffer block(byte[] text, int length) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(text, 0, length);
      ByteArrayOutputStream block = new ByteArrayOutputStream(length / 4 + BUFFER_BYTES);
      byte[] buffer = new byte[BUFFER_BYTES];
      int count;
      do {
        count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        block.write(buffer, 0, count);
      } while (count == buffer.length);
      return ByteBuffer.wrap(block.toByteArray());
    } finally {
      deflater.end();
    }
  }

  /**
   * How a file ends.
   *
   * @param crc of the whole text
   * @param length of the whole text in bytes
   */
  static ByteBuffer trailer(int crc, long length) {
    return ByteBuffer.allocate(TRAILER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(LAST_BLOCK)
        .putInt(crc)
        .putInt((int) length)
        .flip();
  }
}

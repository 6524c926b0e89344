package io.nimoshake.dynamodb.export;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads whole lines, many at a time. The last line may end without a line feed. */
final class LineBuffer {
  private static final int FIRST_BYTES = 64 * 1024;

  private final InputStream in;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int from;
  private int to;
  private boolean atEnd;

  LineBuffer(InputStream in) {
    this.in = in;
  }

  byte[] bytes() {
    return bytes;
  }

  /**
   * Reads lines of about this many bytes, at least one line. They begin at 0 in {@link #bytes}.
   *
   * @return their length in bytes; 0 at the end of the file
   */
  int next(int about) throws IOException {
    System.arraycopy(bytes, from, bytes, 0, to - from);
    to -= from;
    from = 0;
    int searched = 0;
    while (true) {
      int end = to >= about || atEnd ? lastLineEnd(searched) : 0;
      if (end == 0 && atEnd) {
        end = to;
      }
      if (end > 0 || atEnd) {
        from = end;
        return end;
      }
      searched = to >= about ? to : 0;
      fill();
    }
  }

  /**
   * Skips lines.
   *
   * @return how many there were, fewer only at the end of the file
   */
  long skip(long lines) throws IOException {
    long skipped = 0;
    while (skipped < lines) {
      int end = from;
      while (end < to && bytes[end] != '\n') {
        end++;
      }
      if (end < to) {
        from = end + 1;
        skipped++;
      } else if (atEnd) {
        boolean last = from < to;
        from = to;
        return skipped + (last ? 1 : 0);
      } else {
        System.arraycopy(bytes, from, bytes, 0, to - from);
        to -= from;
        from = 0;
        fill();
      }
    }
    return skipped;
  }

  private int lastLineEnd(int after) {
    for (int i = to; i > after; i--) {
      if (bytes[i - 1] == '\n') {
        return i;
      }
    }
    return 0;
  }

  private void fill() throws IOException {
    if (to == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(bytes.length, 2));
    }
    int got = in.read(bytes, to, bytes.length - to);
    atEnd = got < 0;
    to += Math.max(got, 0);
  }
}

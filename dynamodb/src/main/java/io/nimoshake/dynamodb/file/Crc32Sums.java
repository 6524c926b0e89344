package io.nimoshake.dynamodb.file;

/**
 * Adds up CRC-32 checksums. A CRC-32 is the rest of a division of polynomials over two elements, so
 * the sum of two texts one after the other follows from both sums and the length of the second.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952#section-8">RFC 1952, section 8, the CRC of
 *     gzip</a>
 */
final class Crc32Sums {
  /** The divisor. As in all of this class, the highest bit is the coefficient of x to the 0. */
  private static final int DIVISOR = 0xEDB88320;

  private static final int ONE = 1 << 31;
  private static final int X = 1 << 30;

  private Crc32Sums() {}

  /**
   * The sum of two texts.
   *
   * @param secondLength bytes of the second text
   */
  static int join(int first, int second, long secondLength) {
    return times(first, power(8 * secondLength)) ^ second;
  }

  /** x to the n, by squaring. */
  private static int power(long n) {
    int result = ONE;
    int square = X;
    for (long rest = n; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result = times(result, square);
      }
      square = times(square, square);
    }
    return result;
  }

  private static int times(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ DIVISOR : shifted >>> 1;
    }
    return product;
  }
}

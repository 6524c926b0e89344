package io.nimoshake.testkit.canned;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a page, rendered once. To be sent, they are copied and the numbers and times in
 * them replaced, which is as cheap as it gets while no two entries of a table are alike.
 */
final class PageTemplate {
  /** Stands for the number of an entry, in its twelve decimal digits. */
  static final String NUMBER = "############";

  /** Stands for the time an entry is sent, in seconds since 1970. */
  static final String TIME = "@@@@@@@@@@";

  private final byte[] bytes;
  private final int[] ends;
  private final int[][] numbersAt;
  private final int[][] timesAt;

  private PageTemplate(byte[] bytes, int[] ends, int[][] numbersAt, int[][] timesAt) {
    this.bytes = bytes;
    this.ends = ends;
    this.numbersAt = numbersAt;
    this.timesAt = timesAt;
  }

  /**
   * Takes entries in turn until the page is full; it has at least one.
   *
   * @param begin what the page begins with, up to its first entry
   */
  static PageTemplate of(String begin, List<String> entries, int maxEntries, int maxBytes) {
    StringBuilder page = new StringBuilder(begin);
    List<Integer> ends = new ArrayList<>();
    List<int[]> numbers = new ArrayList<>();
    List<int[]> times = new ArrayList<>();
    for (int i = 0; i < maxEntries; i++) {
      // Latin 1 in and out: each char is one byte of the UTF-8 text, so offsets agree.
      String entry =
          new String(
              entries.get(i % entries.size()).getBytes(StandardCharsets.UTF_8),
              StandardCharsets.ISO_8859_1);
      if (i > 0 && page.length() + entry.length() > maxBytes) {
        break;
      }
      page.append(i == 0 ? "" : ",");
      numbers.add(positions(entry, NUMBER, page.length()));
      times.add(positions(entry, TIME, page.length()));
      ends.add(page.append(entry).length());
    }
    return new PageTemplate(
        page.toString().getBytes(StandardCharsets.ISO_8859_1),
        ends.stream().mapToInt(Integer::intValue).toArray(),
        numbers.toArray(new int[0][]),
        times.toArray(new int[0][]));
  }

  private static int[] positions(String text, String mark, int offset) {
    List<Integer> found = new ArrayList<>();
    for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length())) {
      found.add(offset + at);
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Most entries of one page. */
  int entries() {
    return ends.length;
  }

  /** Bytes of a full page before its tail. */
  int fullBytes() {
    return bytes.length;
  }

  /**
   * Puts a page at the beginning of {@code to}.
   *
   * @return how many bytes that are
   */
  int render(byte[] to, int count, long firstNumber, long epochSeconds) {
    int length = ends[count - 1];
    System.arraycopy(bytes, 0, to, 0, length);
    for (int i = 0; i < count; i++) {
      for (int at : numbersAt[i]) {
        digits(to, at, NUMBER.length(), firstNumber + i);
      }
      for (int at : timesAt[i]) {
        digits(to, at, TIME.length(), epochSeconds);
      }
    }
    return length;
  }

  private static void digits(byte[] to, int at, int length, long number) {
    long left = number;
    for (int i = at + length - 1; i >= at; i--) {
      to[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }
}

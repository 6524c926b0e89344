package io.nimoshake.dynamodb.file;

import java.util.Optional;

/**
 * What the files of a split are after one of its pages.
 *
 * @param file number of the data file that the page ended in, from 0
 * @param bytes compressed bytes of that file up to here, without its end
 * @param items items of that file up to here
 * @param textBytes uncompressed bytes of that file up to here
 * @param crc CRC-32 of its text up to here
 * @param md5 of the whole file, in Base64; set if the file is complete
 * @param position where the page ended, as {@link PageJournal#text} writes it
 */
record PageEntry(
    int file,
    long bytes,
    long items,
    long textBytes,
    int crc,
    Optional<String> md5,
    String position) {
  private static final int PARTS = 7;
  private static final String NO_MD5 = "-";

  /** Before the first page. */
  static PageEntry beginning(String position) {
    return new PageEntry(0, 0, 0, 0, 0, Optional.empty(), position);
  }

  boolean isComplete() {
    return md5.isPresent();
  }

  /** Where the next page begins: in a new file if this one is complete. */
  PageEntry next() {
    return isComplete() ? new PageEntry(file + 1, 0, 0, 0, 0, Optional.empty(), position) : this;
  }

  PageEntry at(String otherPosition) {
    return new PageEntry(file, bytes, items, textBytes, crc, md5, otherPosition);
  }

  PageEntry completed(String md5OfFile) {
    return new PageEntry(file, bytes, items, textBytes, crc, Optional.of(md5OfFile), position);
  }

  /** As a line of a journal, without its end. The position is last: it may hold spaces. */
  String line() {
    return String.join(
        " ",
        String.valueOf(file),
        String.valueOf(bytes),
        String.valueOf(items),
        String.valueOf(textBytes),
        String.valueOf(crc),
        md5.orElse(NO_MD5),
        position);
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if {@link #line} did not write it
   */
  static PageEntry parse(String line) {
    String[] parts = line.split(" ", PARTS);
    if (parts.length < PARTS) {
      throw new IllegalArgumentException("a line has " + parts.length + " parts");
    }
    return new PageEntry(
        Integer.parseInt(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        Integer.parseInt(parts[4]),
        parts[5].equals(NO_MD5) ? Optional.empty() : Optional.of(parts[5]),
        parts[6]);
  }
}

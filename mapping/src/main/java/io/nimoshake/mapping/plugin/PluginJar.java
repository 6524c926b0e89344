package io.nimoshake.mapping.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A jar in memory.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT, End of
 *     central directory record</a>
 * @param bytes the file
 * @param entries the content of each file inside it, by name
 */
record PluginJar(String name, byte[] bytes, SortedMap<String, byte[]> entries) {
  /** The last record of a zip file; a comment may follow. */
  private static final int END_SIGNATURE = 0x06054b50;

  private static final int END_BYTES = 22;
  private static final int COUNT = 10;
  private static final int COMMENT_LENGTH = 20;
  private static final int MAX_COMMENT_BYTES = 0xffff;

  /** Stands for a number that needs more than two bytes. */
  private static final int MORE = 0xffff;

  /** Bytes that are no jar. */
  static final class NoJarException extends IOException {
    private static final long serialVersionUID = 1;

    NoJarException(String message) {
      super(message);
    }
  }

  /** Reads the bytes of a jar. */
  static PluginJar of(String name, byte[] bytes) throws IOException {
    int listed = countListed(bytes);
    SortedMap<String, byte[]> entries = new TreeMap<>();
    int found = 0;
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        found++;
        if (!entry.isDirectory()) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    if (entries.isEmpty()) {
      throw new NoJarException("there are no files in it");
    }
    if (listed != MORE && listed != found) {
      throw new NoJarException("it lists " + listed + " files, and " + found + " can be read");
    }
    return new PluginJar(name, bytes, entries);
  }

  /**
   * How many files and directories the end of a jar says are in it. The stream above does not look
   * there, so it would take a jar of which only the beginning was copied.
   *
   * @return {@link #MORE} if the number is elsewhere
   */
  private static int countListed(byte[] bytes) throws NoJarException {
    ByteBuffer jar = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int last = bytes.length - END_BYTES;
    for (int at = last; at >= 0 && at >= last - MAX_COMMENT_BYTES; at--) {
      if (jar.getInt(at) == END_SIGNATURE
          && Short.toUnsignedInt(jar.getShort(at + COMMENT_LENGTH)) == last - at) {
        return Short.toUnsignedInt(jar.getShort(at + COUNT));
      }
    }
    throw new NoJarException("its end is missing: copy it again, and completely");
  }
}
